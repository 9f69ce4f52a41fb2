/** How the tools of a container print a DNS reply. Not here: asking, options of the tools, the search list. */
export { type DigOptions, digStatus, digText } from './dig-text';
export { drillStatus, drillText } from './drill-text';
export { nslookupStatus, nslookupText } from './nslookup-text';
