/** The aliases of the talk (TALK-23), as data and as text for four shells. */

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

export interface TalkAlias {
  readonly name: string;
  /** As it stood in the talk, for a POSIX shell. */
  readonly talk: string;
  /** What is wrong with it, if anything. */
  readonly mistake?: string;
  /** The right definition for each shell. */
  readonly definitions: Readonly<Record<Shell, string>>;
}

const drmai = `alias drmai='docker rmi $(docker images -aq)'`;
const drdefault = `alias drdefault='eval "$(docker-machine env default)"'`;
const drit = `alias drit='docker exec -it'`;

export const talkAliases: readonly TalkAlias[] = [
  {
    name: 'drmai',
    talk: `alias drmai='docker rmi $(docker images -a)'`,
    mistake:
      'The talk wrote `docker images -a`, which prints a table: `docker rmi` would get words like REPOSITORY and latest. With -q it prints the IDs alone.',
    definitions: {
      bash: drmai,
      zsh: drmai,
      fish: `alias drmai 'docker rmi (docker images -aq)'`,
      powershell: 'function drmai { docker rmi $(docker images -aq) @args }',
    },
  },
  {
    name: 'drdefault',
    talk: drdefault,
    definitions: {
      bash: drdefault,
      zsh: drdefault,
      fish: `alias drdefault 'docker-machine env --shell fish default | source'`,
      powershell: 'function drdefault { docker-machine env --shell powershell default | Invoke-Expression }',
    },
  },
  {
    name: 'drit',
    talk: `alias drit="docker exec -it"`,
    definitions: {
      bash: drit,
      zsh: drit,
      fish: `alias drit 'docker exec -it'`,
      powershell: 'function drit { docker exec -it @args }',
    },
  },
];

/** The lines to put into a shell's start file; a mistake of the talk is told in a comment above its alias. */
export function aliasText(names: readonly string[], shell: Shell): string {
  const lines: string[] = [];
  for (const alias of talkAliases) {
    if (!names.includes(alias.name)) continue;
    if (alias.mistake) lines.push(`# ${alias.mistake.replaceAll('`', '')}`);
    lines.push(alias.definitions[shell]);
  }
  return lines.map((line) => `${line}\n`).join('');
}

/** Where each shell reads its aliases from at start. */
export const startFiles: Readonly<Record<Shell, string>> = {
  bash: '~/.bashrc',
  zsh: '~/.zshrc',
  fish: '~/.config/fish/config.fish',
  powershell: '$PROFILE',
};

/** The shell that a file, by its VS Code language and name, is most likely for. */
export function shellOf(languageId: string, fileName: string): Shell | undefined {
  if (languageId === 'powershell' || fileName.endsWith('.ps1')) return 'powershell';
  if (languageId === 'fish' || fileName.endsWith('.fish')) return 'fish';
  if (/zsh/.test(fileName)) return 'zsh';
  return languageId === 'shellscript' ? 'bash' : undefined;
}
