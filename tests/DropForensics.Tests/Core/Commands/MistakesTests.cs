using System.CommandLine;
using DropForensics.Capture.Commands;
using DropForensics.Core.Commands;
using DropForensics.Tests.CommandLine;
using Xunit;

namespace DropForensics.Tests.Core.Commands;

/// <summary>One sentence for each mistake in a command line of either program, and none of the parser's own.</summary>
public sealed class MistakesTests
{
    // What the parser says itself when nobody keeps it from doing so.
    private static readonly string[] OfTheParser = ["System.", "Cannot parse", "Unrecognized", "Required argument", "not recognized", "expects a single", "Must be one of", "is required"];

    [Theory]
    [InlineData("--duraton 5s", "there is no option --duraton. Did you mean --duration?")]
    [InlineData("--duraton=5s", "there is no option --duraton=5s. Did you mean --duration?")]
    [InlineData("-x", "there is no option -x.")]
    [InlineData("--dry-run", "there is no option --dry-run. `capture cleanup` has one.")]
    [InlineData("docter", "there is no command docter. Did you mean doctor?")]
    [InlineData("docter --duration 5s", "there is no command docter. Did you mean doctor?")]
    [InlineData("doctor extra", "'extra' is one word too many. Usage: capture doctor [options]")]
    [InlineData("--json=maybe", "'maybe' is one word too many. Usage: capture [options]")]
    [InlineData("--probe eprob", "--probe: there is no 'eprob'. Did you mean eprobe? Accepted: auto, eprobe, tracepoint, kprobe, function.")]
    [InlineData("--packets header", "--packets: there is no 'header'. Did you mean headers? Accepted: headers, full, none.")]
    [InlineData("--transport page", "--transport: there is no 'page'. Did you mean pages? Accepted: auto, text, pages.")]
    [InlineData("--probe", "--probe needs a value: auto, eprobe, function, kprobe, tracepoint.")]
    [InlineData("--duration", "--duration needs a value: --duration TIME.")]
    [InlineData("--duration ''", "the value of --duration is empty.")]
    [InlineData("--reason ''", "the value of --reason is empty.")]
    [InlineData("--interface ''", "the value of --interface is empty.")]
    [InlineData("--function ''", "the value of --function is empty.")]
    [InlineData("-o ''", "the value of --output is empty.")]
    [InlineData("-d 5s --duration 6s", "--duration is given 2 times. Give it once.")]
    [InlineData("--max-drops 1_000", "--max-drops: cannot read '1_000' as a whole number. Accepted: 10000, 10k, 2M.")]
    [InlineData("--max-rate some", "--max-rate: cannot read 'some' as a whole number. Accepted: 10000, 10k, 2M. Or none, for no limit.")]
    [InlineData("--buffer much", "--buffer: cannot read 'much' as a size. Accepted: 64MiB, 64M, 1GiB, 500KB, 1048576 (bytes).")]
    [InlineData("--function f --probe eprobe", "--function needs --probe kprobe or --probe function; leave --probe out to take one of them.")]
    [InlineData("--duration 1x --probe guess", "--duration: 'x' in '1x' is not a unit of time. Accepted: 90 (seconds), 90s, 1m30s, 1h, 500ms.", "--probe: there is no 'guess'. Accepted: auto, eprobe, tracepoint, kprobe, function.")]
    [InlineData("snapshot", "FILE is missing: capture snapshot FILE")]
    [InlineData("snapshot a", "snapshot needs exactly one name for the new file: capture snapshot FILE -o OUT")]
    [InlineData("snapshot a b -o c", "snapshot needs exactly one name for the new file: capture snapshot FILE -o OUT")]
    [InlineData("cleanup --forc", "there is no option --forc.")]
    [InlineData("guard x", "AGENT is the pid of a capture.")]
    public void Of_capture(string line, params string[] says) => Check(CaptureCommand.Create(), "capture", line, says);

    [Theory]
    [InlineData("", "CAPTURE.db is missing: analyze CAPTURE.db...")]
    [InlineData("''", "the name for CAPTURE.db is empty.")]
    [InlineData("--jsn", "there is no option --jsn. Did you mean --json?")]
    [InlineData("--jsn c.db", "there is no option --jsn. Did you mean --json?")]
    [InlineData("verfy c.db", "there is no command verfy. Did you mean verify?")]
    [InlineData("verfy", "there is no command verfy. Did you mean verify?")]
    [InlineData("verify c.db d.db", "'d.db' is one word too many. Usage: analyze verify CAPTURE.db")]
    [InlineData("c.db --cpu 1", "there is no option --cpu. `analyze raw` has one.")]
    [InlineData("c.db --top ten", "--top: cannot read 'ten' as a whole number. Accepted: 10000, 10k, 2M.")]
    [InlineData("c.db --top 0", "--top: 0 is too small. The smallest is 1.")]
    [InlineData("c.db --top 5 --top 6", "--top is given 2 times. Give it once.")]
    [InlineData("raw c.db --cpu x", "--cpu: cannot read 'x' as a whole number. Accepted: 10000, 10k, 2M.")]
    [InlineData("raw c.db --cpu -1", "--cpu: cannot read '-1' as a whole number. Accepted: 10000, 10k, 2M.")]
    [InlineData("export c.db", "--format is missing: --format csv|json|folded|speedscope|pcapng|parquet|otlp|prometheus")]
    [InlineData("export c.db --format cvs", "--format: there is no 'cvs'. Did you mean csv? Accepted: csv, json, folded, speedscope, pcapng, parquet, otlp, prometheus.")]
    [InlineData("export c.db --format csv -o ''", "the value of --output is empty.")]
    [InlineData("export c.db --format csv -o", "--output needs a value: --output FILE.")]
    [InlineData("diff a.db", "B.db is missing: analyze diff A.db B.db [MORE.db]...")]
    [InlineData("diff", "A.db and B.db are missing: analyze diff A.db B.db [MORE.db]...")]
    [InlineData("diff a.db b.db ''", "the name for MORE.db is empty.")]
    [InlineData("diff a.db b.db --fail-on-increase ten", "--fail-on-increase needs a percentage such as 10, not 'ten'. Without a percentage, put it after the files.")]
    [InlineData("redact a.db", "redact needs exactly one name for the new capture: analyze redact IN.db -o OUT.db")]
    [InlineData("replay c.db --speed fast", "--speed: cannot read 'fast' as a factor. Accepted: 1x, 10x, 0.5x.")]
    [InlineData("verify --jsn c.db", "there is no option --jsn. Did you mean --json?")]
    public void Of_analyze(string line, params string[] says) => Check(CommandModel.AnalyzeRoot(), "analyze", line, says);

    [Theory]
    [InlineData("--duration 90 --probe EPROBE --packets Full --transport TEXT --max-drops 10k --max-rate NONE --buffer 64m")]
    [InlineData("--help --duraton")]
    [InlineData("-o @name")]
    public void A_capture_with_these_is_fine(string line) => Check(CaptureCommand.Create(), "capture", line, []);

    [Theory]
    [InlineData("-- --jsn")]
    [InlineData("import - -o c.db")]
    [InlineData("@c.db")]
    [InlineData("replay c.db --speed 2 --json --json")]
    [InlineData("export c.db --format CSV")]
    public void An_analysis_with_these_is_fine(string line) => Check(CommandModel.AnalyzeRoot(), "analyze", line, []);

    private static void Check(RootCommand root, string program, string line, string[] says)
    {
        string[] args = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "''" ? "" : word)];
        IReadOnlyList<string> mistakes = Mistakes.Of(CommandParser.Parse(root, args), program);

        Assert.All(mistakes, mistake => Assert.DoesNotContain(OfTheParser, words => mistake.Contains(words, StringComparison.Ordinal)));
        Assert.Equal(says, mistakes);
    }
}
