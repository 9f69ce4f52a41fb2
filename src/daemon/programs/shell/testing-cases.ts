// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's
/** Scripts with what BusyBox's ash 1.35 gave for them: its output, its words of error and its exit code. */
export const recorded: readonly (readonly [script: string, out: string, err: string, code: number])[] = [
 [
  "echo hello   world",
  "hello world\n",
  "",
  0
 ],
 [
  "echo \"a  b\" 'c  d' e\\ f",
  "a  b c  d e f\n",
  "",
  0
 ],
 [
  "x=5; echo $x ${x} \"${x}y\"",
  "5 5 5y\n",
  "",
  0
 ],
 [
  "echo ${unset:-default} ${unset-d2} \"[${unset}]\"",
  "default d2 []\n",
  "",
  0
 ],
 [
  "x=; echo ${x:-empty} [${x-set}]",
  "empty []\n",
  "",
  0
 ],
 [
  ": ${y:=made}; echo $y",
  "made\n",
  "",
  0
 ],
 [
  "x=abc; echo ${x:+alt} ${z:+alt}.",
  "alt .\n",
  "",
  0
 ],
 [
  "x=hello; echo ${#x}",
  "5\n",
  "",
  0
 ],
 [
  "f=/a/b/c.tar.gz; echo ${f##*/} ${f%/*} ${f%%.*} ${f#*.}",
  "c.tar.gz /a/b /a/b/c tar.gz\n",
  "",
  0
 ],
 [
  "x=abcdef; echo ${x:2} ${x:1:3}",
  "cdef bcd\n",
  "",
  0
 ],
 [
  "x=banana; echo ${x/a/o} ${x//a/o}",
  "bonana bonono\n",
  "",
  0
 ],
 [
  "echo $((1+2*3)) $((10/3)) $((10%3)) $((2**10))",
  "7 3 1 1024\n",
  "",
  0
 ],
 [
  "i=1; i=$((i+1)); echo $i $((i<<3)) $((i==2)) $((!i))",
  "2 16 1 0\n",
  "",
  0
 ],
 [
  "echo $((0x1f)) $((017)) $((5>3?7:9))",
  "31 15 7\n",
  "",
  0
 ],
 [
  "echo $((1/0))",
  "",
  "sh: divide by zero\n",
  2
 ],
 [
  "for i in 1 2 3; do echo $i; done",
  "1\n2\n3\n",
  "",
  0
 ],
 [
  "for i in a \"b c\"; do echo \"<$i>\"; done",
  "<a>\n<b c>\n",
  "",
  0
 ],
 [
  "i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done",
  "0\n1\n2\n",
  "",
  0
 ],
 [
  "i=3; until [ $i -eq 0 ]; do echo $i; i=$((i-1)); done",
  "3\n2\n1\n",
  "",
  0
 ],
 [
  "for i in 1 2 3 4 5; do [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done",
  "1\n3\n",
  "",
  0
 ],
 [
  "for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done",
  "1a\n2a\n",
  "",
  0
 ],
 [
  "if true; then echo y; else echo n; fi",
  "y\n",
  "",
  0
 ],
 [
  "if false; then echo a; elif true; then echo b; else echo c; fi",
  "b\n",
  "",
  0
 ],
 [
  "case abc in a*) echo glob;; *) echo other;; esac",
  "glob\n",
  "",
  0
 ],
 [
  "case x in a|x) echo alt;; esac",
  "alt\n",
  "",
  0
 ],
 [
  "case \"\" in \"\") echo empty;; esac",
  "empty\n",
  "",
  0
 ],
 [
  "case zz in a) echo a;; esac; echo $?",
  "0\n",
  "",
  0
 ],
 [
  "f() { echo \"f $1 $# $@\"; return 3; }; f a b; echo $?",
  "f a 2 a b\n3\n",
  "",
  0
 ],
 [
  "f() { local v=in; echo $v; }; v=out; f; echo $v",
  "in\nout\n",
  "",
  0
 ],
 [
  "f() { echo $0; }; f",
  "sh\n",
  "",
  0
 ],
 [
  "set -- a \"b c\" d; echo $#; for i in \"$@\"; do echo \"<$i>\"; done",
  "3\n<a>\n<b c>\n<d>\n",
  "",
  0
 ],
 [
  "set -- a b c; shift; echo $1 $#",
  "b 2\n",
  "",
  0
 ],
 [
  "set -- a b c; echo \"$*\"; IFS=-; echo \"$*\"",
  "a b c\na-b-c\n",
  "",
  0
 ],
 [
  "IFS=:; x=a:b:c; for i in $x; do echo $i; done",
  "a\nb\nc\n",
  "",
  0
 ],
 [
  "echo a | cat",
  "a\n",
  "",
  0
 ],
 [
  "echo abc | tr a-z A-Z",
  "ABC\n",
  "",
  0
 ],
 [
  "printf 'b\\na\\nc\\n' | sort",
  "a\nb\nc\n",
  "",
  0
 ],
 [
  "printf '%s-%d|%05.1f|%x\\n' abc 42 3.14159 255",
  "abc-42|003.1|ff\n",
  "",
  0
 ],
 [
  "printf '%-5s|%5s|\\n' ab cd",
  "ab   |   cd|\n",
  "",
  0
 ],
 [
  "printf '%s\\n' a b c",
  "a\nb\nc\n",
  "",
  0
 ],
 [
  "printf 'a\\tb\\\\n\\n'",
  "a\tb\\n\n",
  "",
  0
 ],
 [
  "echo -n no newline",
  "no newline",
  "",
  0
 ],
 [
  "echo -e 'a\\tb\\nc'",
  "a\tb\nc\n",
  "",
  0
 ],
 [
  "true && echo yes || echo no",
  "yes\n",
  "",
  0
 ],
 [
  "false && echo yes || echo no",
  "no\n",
  "",
  0
 ],
 [
  "! true; echo $?",
  "1\n",
  "",
  0
 ],
 [
  "false; echo $?",
  "1\n",
  "",
  0
 ],
 [
  "(exit 7); echo $?",
  "7\n",
  "",
  0
 ],
 [
  "exit 5",
  "",
  "",
  5
 ],
 [
  "sh -c 'exit 9'; echo $?",
  "9\n",
  "",
  0
 ],
 [
  "nosuchcommand; echo $?",
  "127\n",
  "sh: nosuchcommand: not found\n",
  0
 ],
 [
  "x=$(echo sub); echo \"[$x]\"",
  "[sub]\n",
  "",
  0
 ],
 [
  "x=`echo back`; echo $x",
  "back\n",
  "",
  0
 ],
 [
  "echo $(printf 'a\\n\\n\\n')x",
  "ax\n",
  "",
  0
 ],
 [
  "echo \"$(echo \"nested $(echo deep)\")\"",
  "nested deep\n",
  "",
  0
 ],
 [
  "cat <<EOF\nline $((1+1))\n\ttab\nEOF",
  "line 2\n\ttab\n",
  "",
  0
 ],
 [
  "x=3; cat <<EOF\n$x `echo y` \\$x\nEOF",
  "3 y $x\n",
  "",
  0
 ],
 [
  "cat <<'EOF'\n$x `y`\nEOF",
  "$x `y`\n",
  "",
  0
 ],
 [
  "x=1; (x=2; echo $x); echo $x",
  "2\n1\n",
  "",
  0
 ],
 [
  "x=1; { x=2; }; echo $x",
  "2\n",
  "",
  0
 ],
 [
  "echo out; echo err >&2",
  "out\n",
  "err\n",
  0
 ],
 [
  "echo err >&2 2>/dev/null",
  "",
  "err\n",
  0
 ],
 [
  "ls /nosuch 2>/dev/null; echo $?",
  "1\n",
  "",
  0
 ],
 [
  "cd /tmp; echo a > f1; echo b >> f1; cat f1; rm f1",
  "a\nb\n",
  "",
  0
 ],
 [
  "cd /tmp; echo x > f2; read y < f2; echo \"[$y]\"; rm f2",
  "[x]\n",
  "",
  0
 ],
 [
  "echo \"a b c\" | { read x y; echo \"$x|$y\"; }",
  "a|b c\n",
  "",
  0
 ],
 [
  "printf '1\\n2\\n3\\n' | while read n; do echo \"n=$n\"; done",
  "n=1\nn=2\nn=3\n",
  "",
  0
 ],
 [
  "printf 'a\\\\b\\n' | { read x; echo \"$x\"; }",
  "ab\n",
  "",
  0
 ],
 [
  "printf 'a\\\\b\\n' | { read -r x; echo \"$x\"; }",
  "a\\b\n",
  "",
  0
 ],
 [
  "test -d /tmp && echo dir",
  "dir\n",
  "",
  0
 ],
 [
  "[ -f /etc/hosts ] && echo file",
  "file\n",
  "",
  0
 ],
 [
  "[ -e /nosuch ]; echo $?",
  "1\n",
  "",
  0
 ],
 [
  "[ abc = abc ] && [ abc != abd ] && echo eq",
  "eq\n",
  "",
  0
 ],
 [
  "[ 3 -gt 2 -a 2 -lt 3 ] && echo and",
  "and\n",
  "",
  0
 ],
 [
  "[ -z \"\" ] && [ -n x ] && echo zn",
  "zn\n",
  "",
  0
 ],
 [
  "[ \"a\" \\< \"b\" ] && echo less",
  "less\n",
  "",
  0
 ],
 [
  "[ 1 -eq x ]; echo $?",
  "2\n",
  "sh: x: bad number\n",
  0
 ],
 [
  "trap 'echo bye' EXIT; echo hi",
  "hi\nbye\n",
  "",
  0
 ],
 [
  "trap 'echo usr' USR1; kill -USR1 $$; echo after",
  "usr\nafter\n",
  "",
  0
 ],
 [
  "set -e; false; echo never",
  "",
  "",
  1
 ],
 [
  "set -e; false || true; if false; then :; fi; echo here",
  "here\n",
  "",
  0
 ],
 [
  "set -u; echo $nope; echo never",
  "",
  "sh: nope: parameter not set\n",
  2
 ],
 [
  "set -x; echo traced 2>/dev/null",
  "traced\n",
  "+ echo traced\n",
  0
 ],
 [
  "echo ${nope?is missing}; echo never",
  "",
  "sh: nope: is missing\n",
  2
 ],
 [
  "eval 'x=1; echo $x'",
  "1\n",
  "",
  0
 ],
 [
  "x='echo indirect'; $x",
  "indirect\n",
  "",
  0
 ],
 [
  ". /nosuchfile; echo never",
  "",
  "sh: .: line 0: can't open '/nosuchfile': No such file or directory\n",
  2
 ],
 [
  "type cd",
  "cd is a shell builtin\n",
  "",
  0
 ],
 [
  "command -v echo; command -v nosuch; echo $?",
  "echo\n127\n",
  "",
  0
 ],
 [
  "alias",
  "",
  "",
  0
 ],
 [
  "sleep 0.1 & wait; echo done",
  "done\n",
  "",
  0
 ],
 [
  "sleep 0 & wait $!; echo $?",
  "0\n",
  "",
  0
 ],
 [
  "(sleep 0.1; echo late) & echo first; wait",
  "first\nlate\n",
  "",
  0
 ],
 [
  "readonly r=1; r=2; echo never",
  "",
  "sh: r: is read only\n",
  2
 ],
 [
  "unset x; x=1; unset x; echo \"[$x]\"",
  "[]\n",
  "",
  0
 ],
 [
  "export A=1; env | grep ^A=",
  "A=1\n",
  "",
  0
 ],
 [
  "A=2 sh -c 'echo $A'; echo \"[$A]\"",
  "2\n[]\n",
  "",
  0
 ],
 [
  "cd /tmp; mkdir -p g; cd g; touch a1 a2 b1; echo a* ?1 [ab]2 z*; cd ..; rm -r g",
  "a1 a2 a1 b1 a2 z*\n",
  "",
  0
 ],
 [
  "echo *nomatch* \"*\"",
  "*nomatch* *\n",
  "",
  0
 ],
 [
  "echo {a,b}",
  "{a,b}\n",
  "",
  0
 ],
 [
  "echo ~root | head -c 5",
  "/root",
  "",
  0
 ],
 [
  "echo 'single \"quotes\"' \"double 'quotes'\" \\$x",
  "single \"quotes\" double 'quotes' $x\n",
  "",
  0
 ],
 [
  "echo \"a\\\"b\\\\c\\$d\\e\"",
  "a\"b\\c$d\\e\n",
  "",
  0
 ],
 [
  "echo a;echo b",
  "a\nb\n",
  "",
  0
 ],
 [
  "echo a # comment",
  "a\n",
  "",
  0
 ],
 [
  "echo a\\\nb",
  "ab\n",
  "",
  0
 ],
 [
  "echo \"unfinished",
  "",
  "sh: syntax error: unterminated quoted string\n",
  2
 ],
 [
  "fi",
  "",
  "sh: syntax error: unexpected \"fi\"\n",
  2
 ],
 [
  "getopts ab: o -a; echo $o",
  "a\n",
  "",
  0
 ],
 [
  "while getopts ab: o; do echo $o $OPTARG; done",
  "",
  "",
  0
 ],
 [
  "set -- -a -b val rest; while getopts ab: o; do echo \"$o $OPTARG\"; done; echo $OPTIND",
  "a \nb val\n4\n",
  "",
  0
 ],
 [
  "seq 3 | tail -n 1",
  "3\n",
  "",
  0
 ],
 [
  "seq 5 | head -n 2",
  "1\n2\n",
  "",
  0
 ],
 [
  "echo abc | grep -q b; echo $?",
  "0\n",
  "",
  0
 ],
 [
  "echo abc | sed 's/b/X/'",
  "aXc\n",
  "",
  0
 ],
 [
  "echo \"a b c\" | awk '{print $2, NF}'",
  "b 3\n",
  "",
  0
 ],
 [
  "echo a:b:c | cut -d: -f2",
  "b\n",
  "",
  0
 ],
 [
  "printf 'a\\na\\nb\\n' | uniq -c",
  "      2 a\n      1 b\n",
  "",
  0
 ],
 [
  "yes | head -n 2",
  "y\ny\n",
  "",
  0
 ],
 [
  "printf 'x y\\nz\\n' | wc -l",
  "2\n",
  "",
  0
 ],
 [
  "expr 3 + 4",
  "7\n",
  "",
  0
 ],
 [
  "basename /a/b.txt .txt; dirname /a/b",
  "b\n/a\n",
  "",
  0
 ],
 [
  "echo $0",
  "sh\n",
  "",
  0
 ],
 [
  "echo $- | grep -c i",
  "0\n",
  "",
  1
 ],
 [
  "true | false; echo $?",
  "1\n",
  "",
  0
 ],
 [
  "false | true; echo $?",
  "0\n",
  "",
  0
 ],
 [
  "x=1; x=2 true; echo $x",
  "1\n",
  "",
  0
 ],
 [
  "f() { x=changed; }; x=orig; f; echo $x",
  "changed\n",
  "",
  0
 ],
 [
  "f() { return; }; false; f; echo $?",
  "1\n",
  "",
  0
 ],
 [
  "echo \"${x:-$(echo deflt)}\"",
  "deflt\n",
  "",
  0
 ],
 [
  "x=\"a b\"; set -- $x; echo $#; set -- \"$x\"; echo $#",
  "2\n1\n",
  "",
  0
 ],
 [
  "n=0; for i in $(seq 1 50); do n=$((n+i)); done; echo $n",
  "1275\n",
  "",
  0
 ],
 [
  "exec echo replaced; echo never",
  "replaced\n",
  "",
  0
 ],
 [
  "umask",
  "0022\n",
  "",
  0
 ],
 [
  "pwd; cd /etc; pwd; cd -; pwd",
  "/\n/etc\n/\n/\n",
  "",
  0
 ],
 [
  "cd /nosuch; echo $?",
  "2\n",
  "sh: cd: line 0: can't cd to /nosuch: No such file or directory\n",
  0
 ],
 [
  "kill -0 1; echo $?",
  "0\n",
  "",
  0
 ],
 [
  "wait 9999; echo $?",
  "127\n",
  "",
  0
 ],
 [
  "printf '%d\\n' abc; echo $?",
  "0\n1\n",
  "sh: invalid number 'abc'\n",
  0
 ],
 [
  "echo $((x=5, x*2))",
  "10\n",
  "",
  0
 ],
 [
  "let x=3+4; echo $x",
  "7\n",
  "",
  0
 ],
 [
  "[[ abc == a* ]] && echo match",
  "match\n",
  "",
  0
 ],
 [
  "echo $RANDOM | grep -cE '^[0-9]+$'",
  "1\n",
  "",
  0
 ]
];
