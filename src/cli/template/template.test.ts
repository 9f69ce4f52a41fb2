import { describe, expect, it } from 'vitest';
import { Template } from './template';

const data = {
  ID: 'h1n',
  Version: { Index: 12 },
  Spec: {
    Name: 'tpl-web',
    Labels: { a: 'b', c: 'd' },
    Mode: { Replicated: { Replicas: 2 } },
    TaskTemplate: { ContainerSpec: { Env: ['X=1', 'Y=2'] } },
  },
};

/** Templates, and what the docker command made of them on a real engine; after `!` its message. */
const real: readonly (readonly [string, string])[] = [
  ['{{.ID}}', 'h1n'],
  ['{{.Spec.Name}}', 'tpl-web'],
  ['{{json .Spec.Labels}}', '{"a":"b","c":"d"}'],
  ['{{range $k, $v := .Spec.Labels}}{{$k}}={{$v}};{{end}}', 'a=b;c=d;'],
  ['{{.Spec.Labels}}', 'map[a:b c:d]'],
  ['{{index .Spec.Labels "a"}}', 'b'],
  ['{{len .Spec.Labels}}', '2'],
  ['{{with .Spec.Name}}<{{.}}>{{end}}', '<tpl-web>'],
  ['{{range .Spec.TaskTemplate.ContainerSpec.Env}}{{.}} {{end}}', 'X=1 Y=2 '],
  ['{{range $i, $e := .Spec.TaskTemplate.ContainerSpec.Env}}{{$i}}:{{$e}},{{end}}', '0:X=1,1:Y=2,'],
  ['{{join .Spec.TaskTemplate.ContainerSpec.Env ","}}', 'X=1,Y=2'],
  ['{{.Spec.TaskTemplate.ContainerSpec.Env}}', '[X=1 Y=2]'],
  ['{{upper .Spec.Name}} {{title .Spec.Name}} {{lower "ABC"}}', 'TPL-WEB Tpl-Web abc'],
  ['{{pad .Spec.Name 2 3}}|', '  tpl-web   |'],
  ['{{truncate .Spec.Name 3}}', 'tpl'],
  ['{{split "a/b/c" "/"}}', '[a b c]'],
  ['{{printf "%s-%d-%v-%q" .Spec.Name 5 true "x"}}', 'tpl-web-5-true-"x"'],
  ['{{printf "%5d|%-5s|%05d|%x|%t|%6.2f" 3 "a" 42 255 true 3.14159}}', '    3|a    |00042|ff|true|  3.14'],
  ['{{println 1 "a" 2}}', '1 a 2\n'],
  ['{{print 1 2 "a" 3 4}}', '1 2a3 4'],
  [
    '{{eq 1 1}} {{ne "a" "b"}} {{lt 1 2}} {{ge 2 2}} {{and 1 0}} {{or "" "x"}} {{not true}}',
    'true true true true 0 x false',
  ],
  ['{{$x := .Spec.Name}}{{$x}}', 'tpl-web'],
  ['{{- .Spec.Name -}}  tail', 'tpl-webtail'],
  ['{{/* c */}}a', 'a'],
  ['{{if eq .Spec.Name "tpl-web"}}A{{else if true}}B{{else}}C{{end}}', 'A'],
  [
    '{{.Spec.Name.Foo}}',
    '! template: :1:7: executing "" at <.Spec.Name.Foo>: can\'t evaluate field Foo in type string',
  ],
  ['{{foo}}', '! template: :1: function "foo" not defined'],
  ['{{', '! template: :1: unclosed action'],
  ['{{.ID', '! template: :1: unclosed action'],
  ['{{end}}', '! template: :1: unexpected {{end}}'],
  ['{{if .ID}}', '! template: :1: unexpected EOF'],
  ['{{range}}x{{end}}', '! template: :1: missing value for range'],
  ['{{.ID | foo}}', '! template: :1: function "foo" not defined'],
  ['{{"a" | printf "%s%s" "b"}}', 'ba'],
  ['{{define "x"}}<{{.}}>{{end}}{{template "x" .ID}}', '<h1n>'],
  ['{{template "y"}}', '! template: :1:11: executing "" at <{{template "y"}}>: template "y" not defined'],
  ['{{$y}}', '! template: :1: undefined variable "$y"'],
  ['{{len 3}}', '! template: :1:2: executing "" at <len 3>: error calling len: len of type int'],
  [
    '{{index .Spec.Labels 3}}',
    '! template: :1:2: executing "" at <index .Spec.Labels 3>: error calling index: value has type int; should be string',
  ],
  ['{{slice "abcdef" 1 3}}', 'bc'],
  ['{{html "<a>"}} {{js "it\'s"}} {{urlquery "a b&c"}}', "&lt;a&gt; it\\'s a+b%26c"],
  ['{{.Spec.Mode.Replicated.Replicas}}', '2'],
  ['{{json .Spec.Mode}}', '{"Replicated":{"Replicas":2}}'],
  ["{{1.5}} {{1e3}} {{0x10}} {{'a'}}", '1.5 1000 16 97'],
  ['{{"a\\tb"}}', 'a\tb'],
  ['{{`raw`}}', 'raw'],
  ['{{true}} {{nil}}', '! template: :1:11: executing "" at <nil>: nil is not a command'],
  ['{{.}}x{{', '! template: :1: unclosed action'],
  ['{{.ID}} }}', 'h1n }}'],
  ['{{1 | 2}}', '! template: :1: non executable command in pipeline stage 2'],
  ['{{len}}', '! template: :1:2: executing "" at <len>: wrong number of args for len: want 1 got 0'],
  ['{{eq 1 "a"}}', '! template: :1:2: executing "" at <eq 1 "a">: error calling eq: incompatible types for comparison'],
  [
    '{{lt true false}}',
    '! template: :1:2: executing "" at <lt true false>: error calling lt: invalid type for comparison',
  ],
  ['{{range $i, $c := .Spec.TaskTemplate.ContainerSpec.Env}}{{if $i}}{{break}}{{end}}{{$c}}{{end}}', 'X=1'],
  ['{{break}}', '! template: :1: {{break}} outside {{range}}'],
  ['{{with $x := 5}}{{$x}}{{end}}', '5'],
  ['{{(index .Spec.TaskTemplate.ContainerSpec.Env 0)}}', 'X=1'],
  ['{{(.Spec).Name}}', 'tpl-web'],
  ['{{printf "%d" "a"}}', '%!d(string=a)'],
  ['{{printf "%s"}}', '%!s(MISSING)'],
  ['{{printf "%s" 1 2}}', '%!s(int=1)%!(EXTRA int=2)'],
  ['{{.Spec.TaskTemplate.ContainerSpec.Env | len}}', '2'],
  ['{{json "<a&b>"}}', '"<a&b>"'],
  [
    '{{index .Spec.TaskTemplate.ContainerSpec.Env 9}}',
    '! template: :1:2: executing "" at <index .Spec.TaskTemplate.ContainerSpec.Env 9>: error calling index: index out of range: 9',
  ],
  ['{{else}}', '! template: :1: unexpected {{else}}'],
  ['{{if true}}a{{else}}b{{else}}c{{end}}', '! template: :1: expected end; found {{else}}'],
  ['{{#}}', '! template: :1: unexpected "#" in command'],
  ['{{"abc}}', '! template: :1: unterminated quoted string'],
  ['{{.ID}}{{"\\n"}}', 'h1n\n'],
  ['{{join "a" "b"}}', '! template: :1:7: executing "" at <"a">: can\'t handle "a" for arg of type []string'],
  ['{{upper 3}}', '! template: :1:8: executing "" at <3>: expected string; found 3'],
  ['{{range 3}}{{.}}{{end}}', '012'],
  ['{{block "q" .ID}}[{{.}}]{{end}}', '[h1n]'],
  ['{{.Version.Index}}', '12'],
  ['{{printf "%T" .ID}}', 'string'],
  ['{{.ID.x}}', '! template: :1:5: executing "" at <.ID.x>: can\'t evaluate field x in type string'],
  ['{{not}}', '! template: :1:2: executing "" at <not>: wrong number of args for not: want 1 got 0'],
  ['{{ and }}', '! template: :1:3: executing "" at <and>: wrong number of args for and: want at least 1 got 0'],
  ['{{index}}', '! template: :1:2: executing "" at <index>: wrong number of args for index: want at least 1 got 0'],
  ['{{ 3 }}{{ -3 }}{{+4}}', '3-34'],
  ['{{.Spec.Labels.a}}', 'b'],
];

function made(template: string, values: unknown, missing: 'no value' | 'error' = 'error'): string {
  try {
    return new Template(template, { missing }).execute(values);
  } catch (error) {
    return `! ${(error as Error).message}`;
  }
}

describe('templates of --format', () => {
  it.each(real)('%s', (template, expected) => {
    expect(made(template, data)).toBe(expected);
  });

  it('fields that are not there are no value, or an error that names them', () => {
    expect(made('{{.Spec.Labels.zz}}', data, 'no value')).toBe('<no value>');
    expect(made('{{.Foo}}', data)).toBe('! template: :1:2: executing "" at <.Foo>: map has no entry for key "Foo"');
    expect(made('{{with .Spec.Nope}}a{{else}}b{{end}}', data, 'no value')).toBe('b');
  });

  it('a template that calls itself ends with an error', () => {
    expect(made('{{define "x"}}{{template "x"}}{{end}}{{template "x"}}', data)).toContain(
      'exceeded maximum template depth',
    );
  });

  it('variables end with their block, and can be given another value in it', () => {
    expect(made('{{$x := 1}}{{if true}}{{$x = 2}}{{$y := 3}}{{$y}}{{end}}{{$x}}', data)).toBe('32');
    expect(made('{{if true}}{{$y := 3}}{{end}}{{$y}}', data)).toBe('! template: :1: undefined variable "$y"');
  });
});
