using System.Text.Json;
using DropForensics.Analyze.Lake;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Lake;

/// <summary>Questions to a lake with planted answers, and how answers are printed.</summary>
public sealed class LakeQueryTests : IDisposable
{
    private const long Day = 86_400_000_000_000;

    private readonly ScratchDirectory _scratch = new();

    private string Lake => _scratch.File("lake");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_ready_question_has_an_answer_from_all_fixtures_and_from_none()
    {
        Fleet.Add(Lake, Fleet.Fixtures);
        Assert.Equal(10, LakeQuestion.All.Count);
        string[] silent = ["both-ends", "new-since", "retransmits"]; // every fixture is of one host, and was before the last
        Assert.All(LakeQuestion.All, question => Assert.True(Ask(question.Name).Count > 0 || silent.Contains(question.Name), question.Name));

        string empty = _scratch.File("empty");
        Fleet.Add(empty, Fleet.Write(_scratch.FullName, "quiet", 0, null));
        Assert.All(LakeQuestion.All.Where(question => question.Name is not ("completeness" or "by-kernel")), question => Assert.Empty(Fleet.Rows(empty, question.Statement(10, null))));
    }

    [Fact]
    public void The_host_that_stands_out_is_named_and_no_other()
    {
        Plant(i => i == 7 ? 300 : 20);
        Assert.Equal([["host-07", "NO_SOCKET", "300", "30", "2", "12"]], Ask("outliers"));
    }

    [Fact]
    public void A_fleet_where_each_host_is_like_the_others_has_no_outlier()
    {
        Plant(i => 20 + (i % 5));
        Assert.Empty(Ask("outliers"));
    }

    [Fact]
    public void A_drop_on_one_host_of_what_another_sent_again_is_joined()
    {
        var packet = new PlantedPacket(1, 2, 40001, 5000);
        Fleet.Add(
            Lake,
            Fleet.Write(_scratch.FullName, "a", 0, writer => Fleet.Retransmit(writer, 500_000_000, packet.Flow)),
            Fleet.Write(_scratch.FullName, "b", 0, null, new MadePackets.Drop(MadePackets.Eth0, packet.Headers) { AfterNs = 250_000_000 }, packet.Later(6_000_000_000), packet.Other(250_000_000)));
        Assert.Equal([["b", "a", "10.0.0.1", "10.0.0.2", "40001", "5000", "NO_SOCKET", "__udp4_lib_rcv", "1", "1"]], Ask("both-ends"));
        Assert.Equal([["a", "10.0.0.1", "10.0.0.2", "5000", "1", "2", "b"]], Ask("retransmits"));
    }

    [Fact]
    public void What_is_new_was_not_there_before()
    {
        MadePackets.Drop Of(string reason) => new(MadePackets.Eth0, MadePackets.Udp(1, 2, 4000, 53), Reason: reason);
        Fleet.Add(
            Lake, Fleet.Write(_scratch.FullName, "a", 0, null, Of("NO_SOCKET"), Of("TCP_CSUM")),
            Fleet.Write(_scratch.FullName, "b", Day, null, Of("NO_SOCKET"), Of("QDISC_DROP"), Of("QDISC_DROP")));
        Assert.Equal([["QDISC_DROP", "__udp4_lib_rcv", "2", "1", "2026-12-01T09:00:00.002Z"]], Ask("new-since"));
        Assert.Equal(["NO_SOCKET", "TCP_CSUM", "QDISC_DROP"], Fleet.Rows(Lake, LakeQuestion.All.Single(each => each.Name == "new-since").Statement(10, DateTimeOffset.UnixEpoch)).Select(row => row[0]));
    }

    [Fact]
    public void Who_looked_and_saw_nothing_is_in_the_answer_on_completeness()
    {
        Plant(i => i < 2 ? 0 : 5);
        Assert.Equal(["host-00", "host-01"], Ask("completeness").Where(row => row[4] == "0").Select(row => row[0]));
    }

    [Fact]
    public void An_answer_is_a_table_CSV_or_JSON_and_the_same_in_each()
    {
        Plant(i => i, hosts: 3);
        const string sql = "SELECT host, count(*) AS n, 1.5 AS half, NULL AS nothing, '=a,\"b\"' AS text, src_ip FROM drops GROUP BY ALL ORDER BY host";
        Assert.Equal(
            """
            host     n  half  nothing  text    src_ip
            -------  -  ----  -------  ------  --------
            host-01  1   1.5           =a,"b"  0a000001
            host-02  2   1.5           =a,"b"  0a000001

            """.ReplaceLineEndings("\n"),
            Fleet.Ask(Lake, sql, AnswerFormat.Table).ReplaceLineEndings("\n"));
        Assert.Equal("host,n,half,nothing,text,src_ip\r\nhost-01,1,1.5,,\"'=a,\"\"b\"\"\",0a000001\r\nhost-02,2,1.5,,\"'=a,\"\"b\"\"\",0a000001\r\n", Fleet.Ask(Lake, sql, AnswerFormat.Csv));
        JsonElement[] rows = [.. JsonDocument.Parse(Fleet.Ask(Lake, sql, AnswerFormat.Json)).RootElement.EnumerateArray()];
        Assert.Equal("host-01|1|1.5||=a,\"b\"|0a000001", string.Join('|', rows[0].EnumerateObject().Select(cell => cell.Value.ToString())));
        Assert.Equal(rows.Select(row => row.ToString()), Fleet.Ask(Lake, sql, AnswerFormat.Jsonl).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.ToString()));
    }

    [Fact]
    public void A_table_ends_after_a_thousand_rows_and_says_so()
    {
        Plant(_ => 1, hosts: 1);
        var options = new LakeOptions(Lake, [], "SELECT range FROM range(5000)", AnswerFormat.Table, false);
        (ExitCode code, string output, string notes) = Fleet.Run(options);
        Assert.Equal((ExitCode.Done, 1002, "only the first 1,000 rows are shown; --format csv or json prints all\n"), (code, output.Count(c => c == '\n'), notes));
        Assert.Equal(5001, Fleet.Run(options with { Format = AnswerFormat.Csv }).Output.Count(c => c == '\n'));
    }

    [Theory]
    [InlineData("SELECT nothing FROM drops", "nothing")]
    [InlineData("SELEC 1 FROM drops", "SELEC")]
    [InlineData("SELECT * FROM read_csv('/etc/passwd')", "disabled")]
    [InlineData("COPY drops TO '/tmp/never.csv'", "disabled")]
    [InlineData("INSTALL httpfs", "disabled")]
    [InlineData("SET enable_external_access = true", "enable_external_access")]
    public void What_DuckDB_refuses_it_says_why(string sql, string why)
    {
        Plant(_ => 1, hosts: 1);
        UserError error = Assert.Throws<UserError>(() => Fleet.Rows(Lake, sql));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains(why, error.Message);
        Assert.DoesNotContain("   at ", error.Message);
    }

    [Fact]
    public void Without_the_program_the_message_says_how_to_get_it()
    {
        UserError error = Assert.Throws<UserError>(() => LakeQuery.Find(["", _scratch.FullName]));
        Assert.Contains("dotnet tool install --global DropForensics.Lake", error.Remedy);
        Assert.Equal(Fleet.DuckDb, LakeQuery.Find([_scratch.FullName, Fleet.ProgramFolder]));
    }

    [Fact]
    public void A_program_that_does_not_run_is_named()
    {
        Plant(_ => 1, hosts: 1);
        UserError error = Assert.Throws<UserError>(() => new LakeQuery(LakeFolder.Open(Lake), "/bin/false").Ask("SELECT 1", (_, _) => { }, _ => true, CancellationToken.None));
        Assert.Equal(ExitCode.Failed, error.ExitCode);
    }

    [Theory]
    [InlineData("select 1", true)]
    [InlineData("FROM drops", true)]
    [InlineData("a.db", false)]
    [InlineData("my capture.db", false)]
    [InlineData("drops", false)]
    public void A_statement_is_told_from_a_file(string word, bool isSql) => Assert.Equal(isSql, LakeJob.IsSql(word));

    private List<string[]> Ask(string question) => Fleet.Rows(Lake, LakeQuestion.All.Single(each => each.Name == question).Statement(10, null));

    /// <summary>Hosts with so many drops each.</summary>
    private void Plant(Func<int, int> drops, int hosts = 12) => Fleet.Add(Lake, [.. Enumerable.Range(0, hosts).Select(i => Fleet.Write(
        _scratch.FullName, $"host-{i:d2}", 0, null, [.. Enumerable.Range(0, drops(i)).Select(n => new MadePackets.Drop(MadePackets.Eth0, MadePackets.Udp(1, 2, 4000 + n, 53)))]))]);

    /// <summary>A TCP packet, and drops of it and of others.</summary>
    private sealed record PlantedPacket(int From, int To, int Sport, int Dport)
    {
        public PacketFlow Flow => MadePackets.V4(From, To, 6, Sport, Dport);

        public PacketHeaders Headers => new(Flow, null, null);

        public MadePackets.Drop Later(long afterNs) => new(MadePackets.Eth0, Headers) { AfterNs = afterNs };

        public MadePackets.Drop Other(long afterNs) => new(MadePackets.Eth0, new PacketHeaders(MadePackets.V4(From, To, 6, Sport + 1, Dport), null, null)) { AfterNs = afterNs };
    }
}
