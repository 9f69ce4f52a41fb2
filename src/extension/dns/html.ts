import type { ClientCache } from './model/client-cache';
import { recordTypes } from './protocol';

const caches: readonly (readonly [ClientCache, string])[] = [
  ['none', 'cacheNone'],
  ['glibc', 'cacheGlibc'],
  ['musl', 'cacheMusl'],
  ['jvm', 'cacheJvm'],
  ['jvm-forever', 'cacheForever'],
  ['ttl', 'cacheTtl'],
];

/** The page of the DNS panel. Texts come later, by message: nothing of the cluster is ever part of the markup. */
export function dnsHtml(options: {
  readonly script: string;
  readonly style: string;
  readonly cspSource: string;
  readonly nonce: string;
}): string {
  const { script, style, cspSource, nonce } = options;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>DNS</title>
</head>
<body>
<form id="form" aria-labelledby="question-title">
<h1 id="question-title" data-text="question">DNS question</h1>
<label><span data-text="from">Ask from</span><select id="from"></select></label>
<label><span data-text="name">Name</span><input id="name" list="names" autocomplete="off" spellcheck="false" maxlength="300"></label>
<datalist id="names"></datalist>
<label><span data-text="type">Type</span><select id="type">${recordTypes.map((type) => `<option>${type}</option>`).join('')}</select></label>
<button class="ask primary" data-text="ask">Ask</button>
<label><span data-text="times">Times</span><input id="times" type="number" min="1" max="1000" value="100"></label>
<button class="ask" type="button" id="ask-many" data-text="askMany">Ask many times</button>
<label><span data-text="cache">Client caches</span><select id="cache">${caches.map(([value, text]) => `<option value="${value}" data-text="${text}">${value}</option>`).join('')}</select></label>
<button class="ask" type="button" id="everywhere-ask" data-text="everywhere">Ask every node</button>
<button type="button" id="watch-toggle" data-text="watch">Watch</button>
<button type="button" id="copy-dig" data-text="copyDig">Copy as dig</button>
<button type="button" id="open-resolver" data-text="openResolver">Open for real dig</button>
<button type="button" id="cancel" hidden data-text="cancel">Cancel</button>
<span id="status" role="status"></span>
</form>
<main>
<div class="column"><h2 id="answer-title"><span data-text="answer">Answer</span></h2><div class="scroll" tabindex="0" role="region" aria-labelledby="answer-title"><ul id="resolvers" hidden></ul><div id="everywhere"></div><p id="summary" hidden></p><p id="note" hidden></p><div id="spread"></div><pre id="answer"></pre></div></div>
<div class="column"><h2 id="trace-title"><span data-text="trace">How the lookup went</span></h2><div class="scroll" tabindex="0" role="region" aria-labelledby="trace-title"><ol id="trace"></ol></div></div>
<div class="column" id="watch-column" hidden><h2 id="watch-title"><span data-text="watchTitle">Watched name</span></h2><div class="scroll" tabindex="0" role="region" aria-labelledby="watch-title"><p id="watched"></p><div role="log" aria-labelledby="watch-title"><ol id="watch"></ol></div></div></div>
<div class="column narrow"><h2 id="history-title"><span data-text="history">History</span><button type="button" id="clear" data-text="clear">Clear</button></h2><div class="scroll" tabindex="0" role="region" aria-labelledby="history-title"><ul id="history"></ul></div></div>
</main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
