/** Go templates, as the docker command's `--format` takes them. */
export { TemplateError } from './lexer';
export { Template, type TemplateOptions } from './template';
