using System.Globalization;
using System.Text;
using DropForensics.Analyze.Import;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Import;

/// <summary>
/// Texts as people have them, fixtures/field/NAME.txt: what comes of each stands in NAME.expected.txt, the rows of its drops or the words
/// of its refusal. Recorded like the traces (DROPFORENSICS_RECORD=1), and reviewed.
/// </summary>
public sealed class FieldTextTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Repository.At("fixtures", "field"), "*.txt").Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => !name.EndsWith(".expected", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    private string Capture => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_text_gives_the_drops_or_the_refusal_that_were_reviewed(string name)
    {
        string expected = Repository.At("fixtures", "field", name + ".expected.txt");
        string received = Outcome(File.ReadAllBytes(Repository.At("fixtures", "field", name + ".txt")));
        if (TraceFixture.Records)
        {
            File.WriteAllText(expected, received);
        }

        Assert.Equal(File.ReadAllText(expected), received);
    }

    [Fact]
    public void Of_a_ring_that_ran_over_before_it_was_read_at_least_half_the_records_are_drops_that_are_missing()
    {
        Outcome(File.ReadAllBytes(Repository.At("fixtures", "field", "42-trace-file-overwritten.txt")));
        Completeness completeness = CompletenessJudge.Of(MadeCapture.Read(Capture).Facts.Ledger);
        Assert.Equal((Completeness.Incomplete, 10_936), (completeness.Word, completeness.AtLeast));
        Assert.Contains("The kernel lost 21,873 records because the buffer was full", string.Join(' ', completeness.Evidence));
    }

    [Fact]
    public void A_line_that_somebody_wrote_makes_no_capture_incomplete()
    {
        Outcome(File.ReadAllBytes(Repository.At("fixtures", "field", "06-ip-error-forward-off.txt")));
        Assert.Equal(Completeness.Unproven, CompletenessJudge.Of(MadeCapture.Read(Capture).Facts.Ledger).Word);
    }

    private string Outcome(byte[] text)
    {
        var notes = new StringWriter();
        ExitCode code;
        try
        {
            code = ImportJob.Run(new ImportOptions("-", Capture, Force: false, Format: null), () => new MemoryStream(text), TextWriter.Null, notes, CancellationToken.None);
        }
        catch (UserError error)
        {
            Assert.Empty(_scratch.Names);
            return $"exit {(int)error.ExitCode}\n{error.Message}\n{error.Remedy}\n";
        }

        using CaptureReader reader = CaptureReader.Open(Capture);
        VerifyResult verified = VerifyJob.Check(reader, CancellationToken.None);
        Assert.True(verified.Agrees, string.Join("; ", verified.Differences.SelectMany(kind => kind.First)));
        var outcome = new StringBuilder($"exit {(int)code}\n{notes.ToString().ReplaceLineEndings("\n")}");
        foreach (object?[] row in Rows.Of(reader, """
            SELECT 'cpu ' || cpu, comm, pid, 'ethertype ' || ethertype, reason, function, 'at ' || location, driver || ' (' || driver_rule || ')', 'ns ' || t_ns,
                   (SELECT group_concat(symbol || coalesce(' [' || module || ']', ''), ', ') FROM frames f WHERE f.stack_id = d.stack_id),
                   'iif ' || iif, CASE WHEN count(*) > 1 THEN count(*) || ' times' END
              FROM drops d GROUP BY raw_line, stack_id ORDER BY id
            """))
        {
            int last = Array.FindLastIndex(row, value => value is not null);
            outcome.AppendJoin(" | ", row.Take(Math.Max(10, last + 1)).Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) is { Length: > 0 } word ? word : "-")).Append('\n');
        }

        foreach (object?[] row in Rows.Of(reader, "SELECT cpu, records FROM lost"))
        {
            outcome.Append(CultureInfo.InvariantCulture, $"lost: {row[1]} records on cpu {row[0]}\n");
        }

        return outcome.ToString();
    }
}
