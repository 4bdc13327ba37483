using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Redact;
using DropForensics.Analyze.Report;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Tests.Analyze.Export;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Redact;

public sealed class RedactTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string In => _scratch.File("in.db");

    private string Out => _scratch.File("out.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Nothing_planted_is_found_in_any_byte_of_the_result()
    {
        PlantedCapture.Write(In);
        Assert.All(PlantedCapture.Words.Except(["00000000-0000-4000-8000-000000000001"]), word => Assert.Contains(word, CaptureBytes.EverythingIn(In))); // the search finds what is there
        Redact();

        string everything = CaptureBytes.EverythingIn(Out);
        Assert.All(PlantedCapture.Words, word => Assert.DoesNotContain(word, everything, StringComparison.OrdinalIgnoreCase));
        byte[] packets = CaptureBytes.PacketWordsIn(Out);
        Assert.All(PlantedCapture.Bytes, bytes => Assert.True(packets.AsSpan().IndexOf(bytes) < 0, Convert.ToHexString(bytes)));
        Assert.All(PlantedCapture.Bytes, bytes => Assert.True(CaptureBytes.PacketWordsIn(In).AsSpan().IndexOf(bytes) >= 0 || bytes.Length == 8, Convert.ToHexString(bytes)));
        Assert.Equal(["in.db", "out.db"], _scratch.Names);

        // Nor in what it is exported as, with comments of rules and owners.
        string exported = Encoding.Latin1.GetString(Exported.Bytes(Out, ExportFormat.Pcapng).Bytes);
        Assert.All(PlantedCapture.Words, word => Assert.DoesNotContain(word, exported, StringComparison.OrdinalIgnoreCase));
        Assert.All(PlantedCapture.Bytes, bytes => Assert.DoesNotContain(Encoding.Latin1.GetString(bytes), exported, StringComparison.Ordinal));
        Assert.Contains("plantif0", Encoding.Latin1.GetString(Exported.Bytes(In, ExportFormat.Pcapng).Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_rule_in_a_packets_comment_stays_at_home()
    {
        File.Copy(Repository.At("fixtures", "captures", "scenarios", "state-nft-counter.db"), In);
        MadeCapture.Change(In, "UPDATE artifact SET content = CAST(replace(CAST(content AS TEXT), char(9) || 't' || char(9) || 'c' || char(9), char(9) || 'planttable' || char(9) || 'plantchain' || char(9)) AS BLOB) WHERE path = 'firewall.tsv'");
        Redact();

        Assert.Contains(" rule=inet/planttable/plantchain/", Comments(In), StringComparison.Ordinal); // the search finds what is there
        Assert.All(["planttable", "plantchain", "v-host", " rule="], name => Assert.DoesNotContain(name, Comments(Out), StringComparison.Ordinal));
        Assert.Contains("reason=NETFILTER_DROP", Comments(Out), StringComparison.Ordinal);

        static string Comments(string capture) => Encoding.Latin1.GetString(Exported.Bytes(capture, ExportFormat.Pcapng).Bytes);
    }

    [Fact]
    public void The_JSON_document_says_what_was_made_and_what_of_it_is_replaced()
    {
        PlantedCapture.Write(In);
        var output = new StringWriter();
        Assert.Equal(ExitCode.Done, RedactJob.Run(In, Out, output, CancellationToken.None, json: true));
        JsonElement json = JsonDocument.Parse(output.ToString()).RootElement;
        Assert.Equal(["file", "drops", "replaced", "kept"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal((Out, Db.Scalar<long>(Out, "select count(*) from drops")), (json.GetProperty("file").GetString(), json.GetProperty("drops").GetInt64()));
        Assert.Equal(Db.Scalar<string>(Out, "select redacted from capture"), $"{json.GetProperty("replaced").GetString()}; {json.GetProperty("kept").GetString()}");
    }

    [Fact]
    public void What_is_kept_is_as_it_was_and_the_result_verifies()
    {
        PlantedCapture.Write(In);
        Redact();
        AssertSameButForNames();
        Assert.Contains("kept: times", Db.Scalar<string>(Out, "select redacted from capture"));
        Assert.Equal("--duration --interface -o", Db.Scalar<string>(Out, "select command_line from capture"));
        Assert.Matches("^dev == \"if[a-z2-7]{8}\"$", Db.Scalar<string>(Out, "select filter from capture"));
        Assert.Equal("+01:00", Db.Scalar<string>(Out, "select time_zone from capture"));
    }

    [Theory]
    [InlineData("drivers")]
    [InlineData("e1000")]
    [InlineData("example")]
    [InlineData("packets")]
    public void A_recorded_capture_keeps_its_findings(string name)
    {
        File.Copy(Repository.At("fixtures", "captures", $"{name}.db"), In);
        Redact();
        AssertSameButForNames();
    }

    [Fact]
    public void Every_trace_fixture_keeps_its_drops()
    {
        foreach (string trace in Directory.EnumerateFiles(Repository.At("fixtures", "traces"), "*.txt"))
        {
            TraceFixture fixture = TraceFixture.Load(System.IO.Path.GetFileNameWithoutExtension(trace));
            PlantedCapture.Record(In, fixture.Bytes, Made.Capture(null) with { Ended = "end of text", Transport = TextDecoders.TransportOf(fixture.Format) });
            Redact();
            try
            {
                AssertSameButForNames(lines: false);
            }
            catch (Exception error)
            {
                Assert.Fail($"{trace}: {error.Message}");
            }

            File.Delete(Out);
        }
    }

    [Theory]
    [MemberData(nameof(PacketSamples.Names), MemberType = typeof(PacketSamples))]
    public void A_packet_of_each_kind_keeps_all_but_its_addresses(string name)
    {
        PlantedCapture.Record(In, Encoding.ASCII.GetBytes(PacketSamples.Of(name).Skb.Line() + "\n"), Made.Capture());
        Redact();
        AssertSameButForNames();
        Assert.True(CaptureBytes.PacketWordsIn(Out).AsSpan().IndexOf(Packet.Payload(4)) < 0);
    }

    [Fact]
    public void The_same_value_has_the_same_token_in_rows_text_and_host_files_and_another_in_another_redaction()
    {
        PlantedCapture.Write(In);
        Redact();
        string token = Db.Scalar<string>(Out, "select name from interface where ifindex = 2");
        Assert.Matches("^if[a-z2-7]{8}$", token);
        Assert.Contains(token + ": 1 2 0", CaptureBytes.EverythingIn(Out));
        Assert.Contains(token + ": rx_packets 104 rx_missed_errors 7", CaptureBytes.EverythingIn(Out));
        Assert.Equal(token, Db.Scalar<string>(Out, "select interface from drops where ifindex = 2 limit 1"));
        Assert.Equal("lo", Db.Scalar<string>(Out, "select name from interface where ifindex = 1"));
        string comm = Db.Rows<string>(Out, "select distinct comm from drops where pid = 257").Single();
        Assert.Matches("^task[a-z2-7]{8}$", comm);

        // 203.0.113.77 is one packet's source and another one's destination.
        Assert.Single(Db.Rows<string>(Out, "select src from flow where sport = 1000 union select dst from flow where dport = 1000"));

        File.Delete(Out);
        Redact();
        Assert.NotEqual(token, Db.Scalar<string>(Out, "select name from interface where ifindex = 2"));
    }

    [Fact]
    public void An_output_that_exists_is_left_alone_and_a_failure_leaves_none()
    {
        PlantedCapture.Write(In);
        File.WriteAllText(Out, "precious");
        Assert.Throws<UserError>(Redact);
        Assert.Equal("precious", File.ReadAllText(Out));
        Assert.Throws<UserError>(() => RedactJob.Run(In, In, TextWriter.Null, CancellationToken.None));

        File.Delete(Out);
        MadeCapture.Change(In, "UPDATE raw_chunk SET sha256 = zeroblob(32)");
        Assert.Throws<UserError>(Redact);
        Assert.Equal(["in.db"], _scratch.Names);
    }

    [Fact]
    public async Task A_redacted_capture_says_so_in_every_heading_and_its_commands_keep_their_variables()
    {
        string capture = Repository.At("fixtures", "captures", "packets.db");
        Assert.Contains(Commands(capture), c => c.Contains("10.9.0.2", StringComparison.Ordinal) || c.Contains("veth1", StringComparison.Ordinal)); // else filled in
        Assert.Equal(ExitCode.Done, RedactJob.Run(capture, Out, TextWriter.Null, CancellationToken.None));
        Assert.DoesNotContain(Commands(Out), c => Db.Texts(Out, "select name from interface union select src from flow union select dst from flow")
            .Any(r => c.Split(' ', '"').Contains(r[0]) && r[0] != "lo"));
        Assert.Contains(Commands(Out), c => c.Contains("\"$IF\"", StringComparison.Ordinal) || c.Contains("\"$ADDR\"", StringComparison.Ordinal));

        using var output = new StringWriter();
        await ReportJob.RunAsync(new ReportOptions(Out, _scratch.File("report"), false, 5, Html: true, Png: false), output, plain: true, TextWriter.Null, CancellationToken.None);
        Assert.Contains(output.ToString().Split('\n').Take(4), line => line.StartsWith("Redacted: ", StringComparison.Ordinal));
        string page = File.ReadAllText(_scratch.File("report/report.html"));
        Assert.Contains("Redacted: ", page[page.IndexOf("<header id=\"answer\"", StringComparison.Ordinal)..page.IndexOf("<h1", StringComparison.Ordinal)]);

        static List<string> Commands(string file) => MadeCapture.Read(file).Findings.SelectMany(f => f.Checks).Select(c => c.Command).ToList();
    }

    [Fact]
    public void Tables_of_the_hosts_state_keep_their_numbers_under_the_same_tokens()
    {
        PlantedCapture.Write(In);
        Redact();
        string link = Db.Scalar<string>(Out, "select name from interface where ifindex = 2");
        string[] socket = Table("sockets.tsv")[1].Split('\t');

        Assert.Equal("udp UNCONN 53 9 2 0 0 0 8448 5 - 31077 9 1 257", string.Join(' ', socket.Where((_, i) => i is not (2 or 4 or 17))));
        Assert.Equal(Db.Scalar<string>(Out, "select src from flow where sport = 1000"), socket[2]);
        Assert.Matches("^task[a-z2-7]{8}$", socket[17]);
        Assert.Equal(3, Table("sockets.tsv").Length);
        Assert.Equal($"{link}\t2\tup\t1\tup\t1500\t1000\tfq\t-\t{link}\t{link}\t-\t-\t0\t1\t1\t2\t-\t7", Table("links.tsv")[1]);
        Assert.Equal($"{link}\t3\tup\t1\tup\t1500\t1000\tfq\tveth\t-\tindex 31\t-\t-\t0\t1\t1\t2\t-\tunknown", Table("links.tsv")[2]);
        Assert.Matches("\tveth\t-\t(?!index)[^\t]+\t-\t-\t0\t1\t1\t2\t-\t-$", Table("links.tsv")[3]);
        Assert.Equal($"{link}\tnetem\t1:\troot\t-\t1\t2\t3\t4\t5\t6\t7\t12.5", Table("qdiscs.tsv")[1]);
        Assert.EndsWith("\t7\t-", Table("qdiscs.tsv")[2]);
        Assert.Equal($"{link}\thtb\t1:10\t1:\t-\t1\t2\t3\t4\t5\t6\t7", Table("classes.tsv")[1]);
        Assert.Equal([$"{link}\tingress\t5\tip\t0\tflower\t0x1\t-\tgact\t1\tdrop\t1\t2\t3", $"{link}\tegress\t6\tall\t0\tbpf\t0x1\t-\t-\t-\tby the program\t-\t-\t-"], Table("filters.tsv")[1..]);
        Assert.Equal([$"{link}\tdriver\tdriver\te1000", $"{link}\tdriver\tfirmware\t-", $"{link}\tstatistic\trx_missed_errors\t7"], Table("ethtool.tsv")[1..]);

        Assert.Equal([$"{link}\tingress\t-"], Table("tcx.tsv")[1..]);
        Assert.Equal(["-\t1\thealth\ttx\terror\t3\t2\t-\t-\t-"], Table("devlink.tsv")[1..]);
        Assert.Equal(0, Db.Scalar<long>(Out, "select count(*) from artifact where path = '/proc/sys'"));

        string[] Table(string path) => Db.Scalar<string>(Out, $"select cast(content as text) from artifact where path = '{path}'").TrimEnd('\n').Split('\n');
    }

    [Theory]
    [InlineData("interface\tkind\tname\tvalue\talias\neth0\tdriver\tdriver\te1000\tours\n")]
    [InlineData("")]
    public void A_table_with_a_column_of_its_own_does_not_stay(string content) =>
        Assert.Null(new TableRedactor(new Tokens(new byte[32])).Redact("ethtool.tsv", Encoding.UTF8.GetBytes(content)));

    private void Redact() => Assert.Equal(ExitCode.Done, RedactJob.Run(In, Out, TextWriter.Null, CancellationToken.None));

    /// <summary>All columns that name nobody, in the order of time; a token where there was a value.</summary>
    private void AssertSameButForNames(bool lines = true)
    {
        using (CaptureReader capture = CaptureReader.Open(Out))
        {
            VerifyResult result = VerifyJob.Check(capture, CancellationToken.None);
            Assert.True(result.Agrees, string.Join("; ", result.Differences.SelectMany(kind => kind.First)));
        }

        string drops = $"""
            select t_ns, cpu, pid, reason, subsystem, function, location, module, driver, driver_rule, interface is null, ifindex, netns, length,
                   ethertype, ip_protocol, src is null, dst is null, sport, dport, {(lines ? "raw_line" : "0")}, iif, vlan, icmp_type, icmp_code, tunnel,
                   inner_ip_protocol, inner_src is null, inner_sport, inner_dport, comm in ('<idle>', '<...>'),
                   (select group_concat(symbol || ifnull(offset, '-') || ifnull(module, '-')) from frames f where f.stack_id = d.stack_id)
              from drops d order by t_ns, cpu, raw_line
            """;
        Assert.Equal(Db.Texts(In, drops), Db.Texts(Out, drops));
        foreach (string same in (string[])
            [
                "select * from lost order by cpu", "select cpu, raw_line - raw_line, t_ns, records, source from loss order by source, cpu, id", "select * from clock order by 1",
                "select * from kernel_count", "select * from relief", "select netns, ifindex, driver, lower, base_driver from interface order by id", "select count(distinct comm) from task",
                "select count(distinct src), count(distinct dst) from flow", "select tool, tool_version, witness_drops, opened_ns, closed_ns, ended, probe, trigger from capture",
            ])
        {
            Assert.Equal(Db.Texts(In, same), Db.Texts(Out, same));
        }
    }
}
