import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { aliasText, shellOf, shells, talkAliases } from './model';

const names = talkAliases.map((alias) => alias.name);

/** Runs a line in bash with a `docker` that prints what it was called with, and a table or IDs for `images`. */
function inBash(aliases: string, line: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'aliases-'));
  try {
    writeFileSync(
      path.join(folder, 'docker'),
      '#!/bin/sh\nif [ "$1" = images ]; then case "$2" in *q*) echo id1; echo id2;; *) echo "REPOSITORY TAG"; echo "nginx latest";; esac; else echo docker "$@"; fi\n',
    );
    chmodSync(path.join(folder, 'docker'), 0o755);
    const script = `shopt -s expand_aliases\n${aliases}\n${line}\n`;
    return execFileSync('bash', ['-c', script], {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env.PATH}` },
    }).trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('TALK-23: the aliases', () => {
  it('work in a real bash as they are offered', () => {
    const text = aliasText(names, 'bash');
    expect(inBash(text, 'drmai')).toBe('docker rmi id1 id2');
    expect(inBash(text, 'drit box sh')).toBe('docker exec -it box sh');
  });

  it('the first of the talk has the mistake that is pointed out: the table goes to docker rmi', () => {
    expect(inBash(talkAliases[0]!.talk, 'drmai')).toBe('docker rmi REPOSITORY TAG nginx latest');
    expect(aliasText(['drmai'], 'bash')).toContain('# The talk wrote docker images -a');
  });

  it('have a definition for each shell, and only those wanted are written', () => {
    for (const shell of shells) {
      const text = aliasText(names, shell);
      for (const name of names) expect(text).toMatch(new RegExp(`^(alias|function) ${name}\\b`, 'm'));
      expect(aliasText(['drit'], shell).trim().split('\n')).toHaveLength(1);
    }
    expect(aliasText([], 'bash')).toBe('');
  });

  it('guess the shell of a file', () => {
    expect(shellOf('shellscript', '/home/a/.bashrc')).toBe('bash');
    expect(shellOf('shellscript', '/home/a/.zshrc')).toBe('zsh');
    expect(shellOf('plaintext', 'config.fish')).toBe('fish');
    expect(shellOf('powershell', 'profile.ps1')).toBe('powershell');
    expect(shellOf('markdown', 'a.md')).toBeUndefined();
  });
});
