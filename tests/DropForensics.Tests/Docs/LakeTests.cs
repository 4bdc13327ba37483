using System.Text;
using DropForensics.Analyze.Lake;
using DropForensics.Tests.CommandLine;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Docs;

/// <summary>docs/lake.md and the statements in docs/lake, by the definition that the writer uses, and run where the engine is here.</summary>
public sealed class LakeTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_page_has_every_table_with_its_columns_in_order()
    {
        string page = File.ReadAllText(Repository.At("docs", "lake.md"));
        Assert.Contains($"This is version {LakeSchema.Version}.", page);
        Assert.All(LakeSchema.All, table => Assert.Contains(Table(table), page));
    }

    [Fact]
    public void The_page_has_every_question() => Assert.Contains(
        string.Concat(LakeQuestion.All.Select(question => $"| `{question.Name}` | {question.About} |\n")), File.ReadAllText(Repository.At("docs", "lake.md")));

    [Theory]
    [InlineData("clickhouse")]
    [InlineData("trino")]
    [InlineData("athena")]
    [InlineData("spark")]
    public void The_statements_for_an_engine_have_every_column_of_every_table_in_its_type(string engine) =>
        RecordedFile.Is(Repository.At("docs", "lake", $"{engine}.sql"), LakeStatements.Of(engine));

    [Fact]
    public void The_commands_run_and_answer()
    {
        Host("host-1", 3);
        Host("host-2", 5);
        Host("host-3", 0);
        string output = Run(Block("lake"));
        Assert.Contains("NO_SOCKET", output);
        Assert.Matches(@"host-2 +5\nhost-1 +3\n", output);
        Assert.True(File.Exists(_directory.File("fleet/lake.json")));
    }

    [Fact]
    public void DuckDB_reads_the_lake_by_the_statements_of_the_page()
    {
        Host("host-1", 3);
        Host("host-2", 5);
        string lake = _directory.File("fleet");
        Fleet.Add(lake, [.. Directory.GetFiles(_directory.FullName, "*.db")]);
        List<string[]> rows = Fleet.Rows(lake, "DROP VIEW drops; DROP VIEW captures; " + Block("duckdb").Replace("'fleet/", $"'{lake}/", StringComparison.Ordinal));
        Assert.Equal([["6.12.107", "NO_SOCKET", "8"]], rows);
    }

    [Fact]
    public void ClickHouse_of_Debian_takes_the_rows_and_answers()
    {
        string client = Requires.Program("clickhouse-client", "clickhouse-client");
        Host("host-1", 3);
        Host("host-2", 5);
        using var server = new ClickHouse(_directory, Requires.Program("clickhouse-server", "clickhouse-server"), client);
        Fleet.Add(_directory.File("fleet"), [.. Directory.GetFiles(_directory.FullName, "*.db")]);
        Directory.CreateSymbolicLink(_directory.File("docs"), Repository.At("docs"));

        string answer = Run($"clickhouse-client() {{ {client} --port {server.Port} \"$@\"; }}\n{Block("clickhouse")}");
        Assert.Equal("NO_SOCKET\t8\t2\n", answer);
        Assert.Equal(
            Fleet.Rows(_directory.File("fleet"), "SELECT host, id, src, sport, epoch_us(time) * 1000, hex(src_ip), length FROM drops ORDER BY 1, 2").Select(row => string.Join('\t', row).ToLowerInvariant()),
            server.Ask("SELECT host, id, src, sport, time, src_ip, length FROM drops ORDER BY host, id").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace("\\N", "null", StringComparison.Ordinal)));
        Assert.Equal("2\t2026-11-30\n", server.Ask("SELECT count(), min(date) FROM captures"));
    }

    private void Host(string name, int drops) => Fleet.Write(_directory.FullName, name, 0, null, [.. Enumerable.Range(0, drops).Select(n => new MadePackets.Drop(MadePackets.Eth0, MadePackets.Udp(1, 2, 4000 + n, 53)))]);

    private string Run(string commands)
    {
        string analyzer = Path.Combine(AppContext.BaseDirectory, "analyze.dll");
        Finished finished = Shell.Run(
            "env", $"PATH={Fleet.ProgramFolder}:{Environment.GetEnvironmentVariable("PATH")}", "bash", "-euo", "pipefail", "-c",
            $"cd {_directory.FullName}\nanalyze() {{ dotnet {analyzer} \"$@\"; }}\n{commands}");
        Assert.True(finished.ExitCode == 0, $"{commands}\n{finished}");
        return finished.Output;
    }

    private static string Block(string how) => DocPage.Read("docs/lake.md").Blocks.Single(block => block.How == how).Text;

    private static string Table(LakeTable table)
    {
        var text = new StringBuilder($"### `{table.Name}`\n\n{char.ToUpperInvariant(table.About[0])}{table.About[1..]}.\n\n| column | type | |\n|---|---|---|\n");
        foreach (LakeColumn column in table.Columns) text.Append($"| `{column.Name}` | {column.Type.ToString().ToLowerInvariant()} | {column.About} |\n");
        return text.ToString();
    }
}
