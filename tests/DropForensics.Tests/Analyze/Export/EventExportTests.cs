using System.Text.Json;
using DropForensics.Analyze.Export;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Export;

/// <summary>Drops and other events together, held against the view by the sqlite3 shell.</summary>
public sealed class EventExportTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_sqlite3_shell_finds_the_rows_of_the_view_in_the_table()
    {
        string shell = Requires.Program("sqlite3", "sqlite3"), capture = Made(), csv = _scratch.File("e.csv");
        File.WriteAllText(csv, Text(capture, ExportFormat.Csv));

        // Unknown cells are empty there, and a number is text.
        Finished read = Shell.Run(
            shell, ":memory:", $".import --csv {csv} t", $"ATTACH '{capture}' AS c",
            "SELECT count(*), count(DISTINCT t.kind) FROM t JOIN (SELECT * FROM c.events) e ON t.raw_line = e.raw_line AND t.kind = e.kind AND t.fields = e.fields AND t.t_ns = e.t_ns AND t.src = ifnull(e.src, '')",
            "SELECT count(*) FROM c.events");
        Assert.Equal((0, "3|2\n3\n"), (read.ExitCode, read.Output));
    }

    [Fact]
    public void Each_line_of_json_has_the_fields_as_an_object_and_what_is_none_as_text()
    {
        JsonElement[] lines = [.. Text(Made(), ExportFormat.Json).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["tcp_retransmit_skb", "kfree_skb", "tcp_retransmit_skb"], lines.Select(line => line.GetProperty("kind").GetString()));
        Assert.Equal("TCP_ESTABLISHED", lines[0].GetProperty("fields").GetProperty("state").GetString());
        Assert.Equal("10.0.0.1", lines[0].GetProperty("src").GetString());
        Assert.Equal(JsonValueKind.Null, lines[0].GetProperty("drop_id").ValueKind);
        Assert.Equal("NO_SOCKET", lines[1].GetProperty("fields").GetProperty("reason").GetString());
        Assert.Equal("no { json", lines[2].GetProperty("fields").GetString());
    }

    [Theory]
    [InlineData("Folded", false)]
    [InlineData("Json", true)]
    public void With_what_it_cannot_write_it_is_refused(string format, bool stacks)
    {
        var options = new ExportOptions(Made(), Enum.Parse<ExportFormat>(format), null, false, stacks) { Events = true };
        UserError error = Assert.Throws<UserError>(() => ExportJob.Run(options, () => new MemoryStream(), false, new StringWriter(), CancellationToken.None));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
    }

    private static string Text(string capture, ExportFormat format)
    {
        using var output = new MemoryStream();
        Assert.Equal(ExitCode.Done, ExportJob.Run(new ExportOptions(capture, format, null, false, false) { Events = true }, () => output, false, new StringWriter(), CancellationToken.None));
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    private string Made()
    {
        string path = _scratch.File("c.db");
        MadePackets.Write(
            path, MadePackets.Eprobe,
            writer =>
            {
                foreach ((long afterMs, string fields) in new[] { (500L, "{\"state\":\"TCP_ESTABLISHED\",\"x\":\"a,b\"}"), (1500L, "no { json") })
                {
                    var other = new OtherEvent
                    {
                        Name = "tcp_retransmit_skb",
                        Cpu = 0,
                        RawLine = afterMs,
                        Timestamp = 100_000_000_000 + (afterMs * 1_000_000),
                        Pid = 0,
                        Comm = "swapper/0",
                        Fields = fields,
                    };
                    writer.AddOther(other, 100_000_000_000, writer.InternTask(other), null, writer.InternFlow(new PacketHeaders(MadePackets.V4(1, 2, 6, 40001, 5000), null, null)));
                }
            },
            new MadePackets.Drop(MadePackets.Eth0) { AfterNs = 1_000_000_000 });
        return path;
    }
}
