# Runs on each host, as the command of ssh or of another way in. It reads what it needs from standard input, which is also its lifeline: when that ends, the
# capture ends as by Ctrl-C. A line that begins with DROPFORENSICS is for the other side. OUTPUT is the directory for one of its own, PROGRAM what runs there.
umask 077
directory= capture= lifeline=
say() { printf 'DROPFORENSICS %s\n' "$*"; }
end() { [ -z "$capture" ] || { kill -TERM "$capture" && wait "$capture"; } 2>/dev/null; [ -z "$directory" ] || rm -rf "$directory"; }
fail() { say "failed $*"; exit 1; }
trap end EXIT
trap 'exit 143' HUP INT TERM PIPE

say "machine $(uname -m)"
read -r bytes || exit 1
directory=$(mktemp -d "$OUTPUT/dropforensics.XXXXXX") || fail "no directory can be made in $OUTPUT"
head -c "$bytes" >"$directory/program" || fail "$OUTPUT has no room for $bytes bytes"
chmod 700 "$directory/program" || exit 1
say ready
read -r go || exit 1

exec 3<&0
cd "$directory" || exit 1
eval "exec $PROGRAM" </dev/null 3<&- >said 2>&1 &
capture=$!
{ cat <&3; kill -TERM "$capture"; } >/dev/null 2>&1 &
lifeline=$!
wait "$capture"
code=$?
capture=
kill "$lifeline" 2>/dev/null
if [ -d result ]; then tar -cf result.tar result && rm -rf result && mv result.tar result; fi
[ -f result ] || : >result
say "result $code $(wc -c <said) $(wc -c <result)"
cat said result
