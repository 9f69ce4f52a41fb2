/** What the entries of the catalogue share. */
export const ms = 1_000;
export const MB = 1_000_000;
export const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
export const created = '2025-05-20T10:00:00Z';
export const script = ['docker-entrypoint.sh'];
