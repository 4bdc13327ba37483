using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Redact;
using DropForensics.Analyze.Sections;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Tests.Analyze.Export;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze;

/// <summary>Who owns the packets of a real capture: those of a unit and of a container in a pod, beside a flood that nobody owns.</summary>
public sealed class OwnersTests : IDisposable
{
    private const string Unit = "nginx.service", Container = "containerd://0123456789ab, pod 4b1d8a52";

    private static readonly string Capture = Repository.At("fixtures", "captures", "schema-5.db");

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_facts_count_by_owner_as_the_view_does()
    {
        CaptureFacts facts = MadeCapture.Read(Capture).Facts;

        Assert.Equal(
            Db.Texts(Capture, "select owner, count(*) from drops group by 1").Select(row => $"{row[0]} {row[1]}").Order(),
            facts.Owners.Select(owner => $"{owner.Name} {owner.Drops}").Order());
        OwnerFacts container = facts.Owners.Single(owner => owner.Name == Container);
        Assert.Equal(("4b1d8a52-0c1e-4f7a-9d55-2f6f0d9f7a11", null), (container.Pod, container.Unit));
        Assert.StartsWith("containerd://0123456789abcdef", container.Container);
        Assert.Equal([0L], container.Users);
        Assert.Equal(facts.Drops, Dimension.Owners.Bins(facts).Sum(bins => bins!.Sum(n => (long)n)));   // of each row, as a site has it
    }

    [Fact]
    public void A_table_shows_them_and_each_row_has_its_condition_in_SQL()
    {
        ReportModel model = MadeCapture.Read(Capture);

        ReportTable table = Assert.Single(ReportSections.Of(model).Single(section => section.Id == "owners").Tables);

        foreach (Row row in table.Rows)
        {
            var count = Assert.IsType<CountCell>(row.Cells[1]);
            Assert.Equal(count.Count, Db.Scalar<long>(Capture, $"select count(*) from drops where {row.Where}"));
        }
    }

    [Fact]
    public void A_finding_names_the_owner_of_most_of_its_packets()
    {
        string one = _scratch.File("one.db");
        File.Copy(Capture, one);
        MadeCapture.Change(one, "delete from drop_event where owner_id is not (select id from owner where name = 'nginx.service')");

        IReadOnlyList<Finding> findings = MadeCapture.Read(one).Findings;

        Assert.Contains(findings, finding => finding.Id == "receive-buffer" && finding.Title.Contains($"all owned by `{Unit}`", StringComparison.Ordinal));
        Finding owner = Assert.Single(findings, finding => finding.Id == "one-owner");
        Assert.Contains(owner.Checks, check => check.Command == $"systemctl status {Unit}");
        Assert.DoesNotContain(MadeCapture.Read(Capture).Findings, finding => finding.Id == "one-owner");
    }

    [Fact]
    public void Exports_have_the_owner_of_each_drop()
    {
        string[] lines = Exported.Text(Capture, ExportFormat.Json).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var owners = lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("owner").GetString()).GroupBy(name => name ?? "").ToDictionary(g => g.Key, g => g.LongCount());
        Assert.Equal(Db.Scalar<long>(Capture, $"select count(*) from drops where owner = '{Unit}'"), owners[Unit]);

        Assert.EndsWith(",owner,unit,container,pod,uid", Exported.Text(Capture, ExportFormat.Csv).Split('\n')[0].TrimEnd());
        Assert.Contains($"owner={Unit} uid=0 cpu=", Encoding.UTF8.GetString(Exported.Bytes(Capture, ExportFormat.Pcapng).Bytes));
    }

    [Theory]
    [InlineData("update owner set uid = 7 where name = 'nginx.service'", "owner")]
    [InlineData("update drop_event set owner_id = null where owner_id = 1", "owner_id")]
    public void Verify_compares_them_with_the_text(string change, string what)
    {
        using var output = new StringWriter();
        Assert.Equal(ExitCode.Done, VerifyJob.Run(Capture, json: false, output, CancellationToken.None));

        string changed = _scratch.File("changed.db");
        File.Copy(Capture, changed);
        MadeCapture.Change(changed, change);
        Assert.Equal(ExitCode.Incomplete, VerifyJob.Run(changed, json: false, output, CancellationToken.None));
        Assert.Contains(what, output.ToString());
    }

    [Fact]
    public void A_redacted_capture_tells_owners_apart_by_number_and_has_none_of_their_names()
    {
        string redacted = _scratch.File("redacted.db");
        RedactJob.Run(Capture, redacted, TextWriter.Null, CancellationToken.None);

        byte[] bytes = File.ReadAllBytes(redacted);
        // Of what the schema's own comments do not name.
        Assert.All(["kubepods", "0123456789abcdef0123", "0c1e"], name => Assert.True(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) < 0, name));
        Assert.Equal(
            Db.Texts(Capture, "select count(*) from drops where owner is not null group by owner order by 1").Select(row => row[0]),
            Db.Texts(redacted, "select count(*) from drops where owner like 'cgroup %' group by owner order by 1").Select(row => row[0]));

        // Nor do the comments of exported packets.
        string before = Encoding.Latin1.GetString(Exported.Bytes(Capture, ExportFormat.Pcapng).Bytes), after = Encoding.Latin1.GetString(Exported.Bytes(redacted, ExportFormat.Pcapng).Bytes);
        Assert.All([$"owner={Unit}", "0123456789ab"], name => Assert.True(before.Contains(name, StringComparison.Ordinal) && !after.Contains(name, StringComparison.Ordinal), name));
        Assert.Contains("owner=cgroup", after, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_captures_are_compared_by_owner_where_both_probes_fetched_them()
    {
        Comparison both = Comparison.Of(Capture, Capture);
        JsonElement table = both.Json.GetProperty("tables").EnumerateArray().Single(t => t.GetProperty("id").GetString() == "owners");
        Assert.Contains(table.GetProperty("rows").EnumerateArray(), row => row.GetProperty("name").GetString() == Unit);

        Assert.Contains("B has no owners", Comparison.Text(Capture, Repository.At("fixtures", "captures", "packets.db")));
    }

    [Fact]
    public void Where_there_are_very_many_those_with_the_fewest_drops_are_counted_together()
    {
        OwnerRow[] rows = [.. Enumerable.Range(1, 300).Select(i => new OwnerRow(i, i, 0, $"/job-{i}", $"/job-{i}", null, null, null))];

        var index = new OwnerIndex(rows, () => rows.ToDictionary(row => row.Id, row => row.Id));

        Assert.Equal(44, index.Others);
        Assert.Equal("/job-300", index.NameOf(index.NumberOf(300)));
        Assert.Equal("44 others", index.NameOf(index.NumberOf(44)));
        Assert.Equal(index.NumberOf(1), index.NumberOf(44));
        Assert.NotEqual(index.NumberOf(44), index.NumberOf(45));
        Assert.Null(index.NameOf(index.NumberOf(-1)));
    }
}
