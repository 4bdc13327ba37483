using System.Text.Json;
using System.Text.Json.Nodes;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Redact;
using DropForensics.Analyze.Report;
using DropForensics.Analyze.Terminal;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Core.Upgrade;
using DropForensics.Tests.Analyze.Export;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Earlier;

/// <summary>A capture of each version, kept as it was written: every later program opens it and says the same of it.</summary>
public sealed class EarlierSchemaTests : IDisposable
{
    /// <summary>Where a later program is right and the recorded facts are not: by version and path, with the reason.</summary>
    private static readonly Dictionary<(int Schema, string Path), string> BetterFacts = new()
    {
        [(1, "facts.counters[3].at_most")] = "Ip6InDiscards: drops without a reason in functions that have nothing to do with IPv6 counted as possible",
    };

    /// <summary>Where the file's own rows say otherwise, by version and column of the view drops, with the reason.</summary>
    private static readonly Dictionary<(int Schema, string Column), string> BetterRows = [];

    private readonly ScratchDirectory _scratch = new();

    public static TheoryData<int> Schemas => [.. Enumerable.Range(1, CaptureFile.Version)];

    public static TheoryData<int> Earlier => [.. Enumerable.Range(1, CaptureFile.Version - 1)];

    public void Dispose() => _scratch.Dispose();

    /// <summary>Facts that came since are no difference. With DROPFORENSICS_RECORD=1 those of a version that has none yet are recorded.</summary>
    [Theory]
    [MemberData(nameof(Schemas))]
    public void The_facts_are_those_that_were_recorded(int schema)
    {
        string recorded = Repository.At("fixtures", "captures", $"schema-{schema}.facts.json");
        JsonElement facts = Facts(schema);
        if (TraceFixture.Records && !File.Exists(recorded)) File.WriteAllText(recorded, Lines(facts));
        using JsonDocument before = JsonDocument.Parse(File.ReadAllText(recorded));
        var differences = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Compare(before.RootElement, facts, "facts", differences);
        Assert.DoesNotContain(differences, each => !BetterFacts.ContainsKey((schema, each.Key)));
        Assert.All(BetterFacts.Keys.Where(better => better.Schema == schema), better => Assert.Contains(better.Path, differences.Keys));
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public void Every_drop_of_the_file_is_there_with_what_the_file_said_of_it(int schema)
    {
        string path = At(schema);
        long drops = Db.Scalar<long>(path, "SELECT count(*) FROM drops");
        Assert.Equal(drops, Exported.Text(path, ExportFormat.Json).Count(c => c == '\n'));

        using CaptureReader copy = CaptureUpgrade.Open(path, CancellationToken.None);
        foreach (string column in (string[])["reason", "function", "module", "driver", "driver_rule", "cpu", "comm", "location", "ethertype", "t_ns", "raw_line", "interface", "length", "src"])
        {
            string sql = $"SELECT {column}, count(*) FROM drops GROUP BY 1 ORDER BY 1";
            string[] before = [.. Db.Texts(path, sql).Select(row => string.Join('|', row))], now = [.. Rows.Of(copy, sql).Select(row => string.Join('|', row))];
            if (BetterRows.ContainsKey((schema, column))) Assert.NotEqual(before, now);
            else Assert.Equal(before, now);
        }
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public void What_the_text_does_not_say_is_the_files(int schema)
    {
        string path = At(schema);
        using CaptureReader copy = CaptureUpgrade.Open(path, CancellationToken.None);
        Assert.Equal(schema, copy.Schema);
        Assert.True(copy.IsRebuilt);
        foreach (string sql in (string[])[
            "SELECT uuid, tool, tool_version, command_line, host_name, kernel_release, opened_ns, closed_ns, ended, filter, witness_drops, witness_slack FROM capture",
            "SELECT mono_ns, boot_ns, real_ns FROM clock", "SELECT phase, netns, path, hex(content) FROM artifact ORDER BY 1, 2, 3",
            "SELECT netns, ifindex, name, driver, lower FROM interface ORDER BY 1, 2", "SELECT DISTINCT pid, comm, netns FROM task ORDER BY 1, 2",
            "SELECT cpu, codec, first_line, lines, size, masked, hex(sha256) FROM raw_chunk ORDER BY cpu, first_line", "SELECT cpu, records FROM lost ORDER BY 1"])
        {
            Assert.Equal(Db.Texts(path, sql).Select(row => string.Join('|', row)), Rows.Of(copy, sql).Select(row => string.Join('|', row)));
        }
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public void Its_text_is_the_same_byte_for_byte(int schema)
    {
        using CaptureReader copy = CaptureUpgrade.Open(At(schema), CancellationToken.None);
        using var raw = new MemoryStream();
        RawExport.Run(At(schema), null, raw, CancellationToken.None);
        using var again = new MemoryStream();
        foreach (RawStream stream in copy.Streams()) copy.ReadRaw(stream.Cpu, again);
        Assert.True(raw.Length > 100_000);
        Assert.Equal(raw.ToArray(), again.ToArray());
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public void Every_command_reads_it_and_leaves_it_alone(int schema)
    {
        byte[] before = File.ReadAllBytes(At(schema));
        string path = _scratch.File("c.db");
        File.WriteAllBytes(path, before);

        Assert.All(EveryReader.On(path), answer => Assert.True(answer.Message is null || (answer.Name == "export pcapng" && schema == 1), $"{answer}"));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["c.db"], _scratch.Names);
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public void Verify_checks_its_text_and_says_whose_rows_they_are(int schema)
    {
        using var output = new StringWriter();
        Assert.Equal(ExitCode.Done, VerifyJob.Run(At(schema), json: false, output, CancellationToken.None));
        Assert.Contains("no differences found", output.ToString());
        Assert.Contains($"schema {schema}; every command rebuilds them from the text", output.ToString());

        string path = _scratch.File("c.db");
        File.Copy(At(schema), path);
        MadeCapture.Change(path, "UPDATE raw_chunk SET sha256 = zeroblob(32) WHERE id = 2");
        using var damaged = new StringWriter();
        Assert.Equal(ExitCode.Incomplete, VerifyJob.Run(path, json: false, damaged, CancellationToken.None));
        Assert.Contains("raw_chunk.sha256: 1 difference", damaged.ToString());
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public void A_redaction_of_it_is_a_capture_of_today(int schema)
    {
        string output = _scratch.File("r.db");
        Assert.Equal(ExitCode.Done, RedactJob.Run(At(schema), output, TextWriter.Null, CancellationToken.None));
        using CaptureReader redacted = CaptureReader.Open(output);
        Assert.False(redacted.IsEarlier);
        Assert.True(VerifyJob.Check(redacted, CancellationToken.None).Agrees);
        Assert.Equal(Db.Scalar<long>(At(schema), "SELECT count(*) FROM drops"), Db.Scalar<long>(output, "SELECT count(*) FROM drops"));
        Assert.Equal(
            Db.Texts(At(schema), "SELECT driver_rule, count(*) FROM drops GROUP BY 1 ORDER BY 1"), Db.Texts(output, "SELECT driver_rule, count(*) FROM drops GROUP BY 1 ORDER BY 1"));
    }

    [Theory]
    [MemberData(nameof(Earlier))]
    public async Task The_report_says_by_which_schema_and_version_it_was_captured(int schema)
    {
        string sentence = $"Captured with {(schema < CaptureFile.Version ? "" : "an early ")}schema {schema} by version 0.1.0; its rows were rebuilt from its raw text.";
        ReportModel model = MadeCapture.Read(At(schema));
        using var terminal = new StringWriter();
        TerminalReport.Write(model, 10, terminal, plain: true);
        Assert.Contains(sentence, terminal.ToString().ReplaceLineEndings(" "));
        Assert.Contains(sentence, await DropForensics.Analyze.Html.HtmlReport.RenderAsync(model));
        Assert.Null(MadeCapture.Read(Repository.At("fixtures", "captures", "e1000.db")).Facts.Capture.EarlierSchema);
    }

    // Columns came within a version too: the first files of version 1 had neither these nor the rest.
    [Fact]
    public void A_column_the_file_has_not_is_unknown()
    {
        string path = _scratch.File("c.db");
        File.Copy(At(1), path);
        MadeCapture.Change(path, "DROP VIEW drops; ALTER TABLE capture RENAME witness_slack TO x; ALTER TABLE capture RENAME disturbance TO y; "
            + "ALTER TABLE task RENAME netns TO x; ALTER TABLE site RENAME driver_candidates TO x");
        using CaptureReader copy = CaptureUpgrade.Open(path, CancellationToken.None);
        Assert.Equal([null, null, "none", "text"], Rows.Of(copy, "SELECT witness_slack, disturbance, packets, transport FROM capture").Single());
        Assert.Equal(0L, Rows.Of(copy, "SELECT count(netns) FROM task").Single()[0]);
        Assert.Equal(874L, Rows.Of(copy, "SELECT count(*) FROM drops").Single()[0]);
    }

    [Fact]
    public void Where_nobody_said_when_the_window_opened_it_is_the_first_record_of_any_CPU()
    {
        string path = _scratch.File("c.db");
        File.Copy(At(1), path);
        long first = Db.Scalar<long>(path, "SELECT c.opened_ns + min(d.t_ns) FROM drop_event d, capture c");
        MadeCapture.Change(path, "UPDATE capture SET opened_ns = NULL, closed_ns = NULL, ended = NULL");
        using CaptureReader copy = CaptureUpgrade.Open(path, CancellationToken.None);
        Assert.Equal([0L, first], Rows.Of(copy, "SELECT min(t_ns), (SELECT opened_ns FROM capture) FROM drop_event").Single());
    }

    [Fact]
    public void A_file_that_only_lost_a_line_count_is_damaged_and_not_an_earlier_one()
    {
        string path = _scratch.File("c.db");
        File.Copy(Repository.At("fixtures", "captures", "e1000.db"), path);
        MadeCapture.Change(path, "DELETE FROM line_count WHERE kind = 'frame'");
        using CaptureReader capture = CaptureReader.Open(path);
        Assert.False(capture.IsEarlier);
        Assert.False(VerifyJob.Check(capture, CancellationToken.None).Agrees);
    }

    // Version 4 was the first that kept events beside the drops.
    [Fact]
    public void Events_beside_the_drops_stay()
    {
        string path = Repository.At("fixtures", "captures", "schema-4-events.db");
        const string Sql = "SELECT kind, t_ns, cpu, pid, comm, fields, raw_line FROM events ORDER BY t_ns, kind";
        using CaptureReader copy = CaptureUpgrade.Open(path, CancellationToken.None);
        Assert.True(copy.IsRebuilt);
        Assert.NotEqual(0, Db.Scalar<long>(path, "SELECT count(*) FROM other_event"));
        Assert.Equal(Db.Texts(path, Sql).Select(row => string.Join('|', row)), Rows.Of(copy, Sql).Select(row => string.Join('|', row)));
    }

    [Fact]
    public void A_stop_ends_the_upgrade()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => CaptureUpgrade.Open(At(1), stop.Token));
    }

    private static string At(int schema) => Repository.At("fixtures", "captures", $"schema-{schema}.db");

    private static JsonElement Facts(int schema)
    {
        using var json = new StringWriter();
        JsonReport.Write(MadeCapture.Read(At(schema)), [], json);
        return JsonDocument.Parse(json.ToString()).RootElement.GetProperty("facts");
    }

    /// <summary>One fact a line: a mismatch is named by its path. Without the file's hash, and without the words that explain a fact.</summary>
    private static string Lines(JsonElement facts)
    {
        IEnumerable<string> lines = facts.EnumerateObject().Select(fact => $"\"{fact.Name}\": {Data(JsonNode.Parse(fact.Value.GetRawText()))?.ToJsonString() ?? "null"}");
        return $"{{\n{string.Join(",\n", lines)}\n}}\n";
    }

    private static JsonNode? Data(JsonNode? fact)
    {
        if (fact is JsonObject members)
        {
            foreach (string word in (string[])["meaning", "sha256"]) members.Remove(word);
            foreach ((_, JsonNode? member) in members) Data(member);
        }
        else if (fact is JsonArray items)
        {
            foreach (JsonNode? item in items) Data(item);
        }

        return fact;
    }

    private static void Compare(JsonElement before, JsonElement now, string path, SortedDictionary<string, string> differences)
    {
        if (before.ValueKind == JsonValueKind.Object && now.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in before.EnumerateObject())
            {
                if (now.TryGetProperty(member.Name, out JsonElement value)) Compare(member.Value, value, $"{path}.{member.Name}", differences);
                else differences.Add($"{path}.{member.Name}", "is gone");
            }
        }
        else if (before.ValueKind == JsonValueKind.Array && now.ValueKind == JsonValueKind.Array && before.GetArrayLength() == now.GetArrayLength())
        {
            foreach ((int index, JsonElement value) in before.EnumerateArray().Index()) Compare(value, now[index], $"{path}[{index}]", differences);
        }
        else if (!JsonElement.DeepEquals(before, now))
        {
            differences.Add(path, $"{before} is now {now}");
        }
    }
}
