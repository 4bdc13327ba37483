using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;
using DropForensics.Analyze.Terminal;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Terminal;

public sealed class TerminalReportTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(200)]
    public void Whatever_the_width_tables_keep_both_ends_of_their_names(int width)
    {
        string name = "begin_" + new string('x', 150) + "_end";
        Write(_scratch.File("c.db"), Whole, [(0, Event(101, name + "+0x1/0x2", "A_REASON_" + new string('Y', 90)) + EventAndStack(102, E1000))]);
        string[] lines = Lines(Read(_scratch.File("c.db")), width);
        Assert.All(lines.Where(line => !line.Contains("$ ", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, width));
        string row = Assert.Single(lines, line => line.Contains(" begin_", StringComparison.Ordinal) && line.Contains("50.0 %", StringComparison.Ordinal));
        Assert.Matches("begin_x+…x+_end", row);
        Assert.Contains(lines, line => line.Contains("__udp", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Trim(' ', '…').Length == 0 && line.Contains('…'));
    }

    // A newline in the middle would run its beginning when it is pasted.
    [Fact]
    public void A_command_is_one_line_however_narrow_the_terminal_is()
    {
        ReportModel model = Read(Repository.At("fixtures", "captures", "packets.db")); // its command looks into another namespace
        Assert.True(model.Next?.Command.Length > 60);
        Assert.Contains(model.Next?.Command, Lines(model, 40));
    }

    [Fact]
    public void Interfaces_and_flows_have_tables_where_they_are_known_and_none_where_not()
    {
        MadePackets.Write(_scratch.File("c.db"), MadePackets.Eprobe,
            [.. Enumerable.Range(0, 15).Select(i => new MadePackets.Drop(MadePackets.Vlan, MadePackets.Udp(1, 2, 40000 + i, 9)))]);
        string[] lines = Lines(Read(_scratch.File("c.db")), 100);
        Assert.Contains(lines, line => line.Contains("802.1Q VLAN Support on eth0 (e1000), index 3 in the", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("10.0.0.1:40000 → 10.0.0.2:9", StringComparison.Ordinal) && line.EndsWith("UDP · eth0.5", StringComparison.Ordinal));
        Assert.Single(lines, line => line.EndsWith("and 5 more", StringComparison.Ordinal));

        Write(_scratch.File("d.db"), Whole, [(0, EventAndStack(101, E1000))]);
        Assert.DoesNotContain(Lines(Read(_scratch.File("d.db")), 100), line => line.Contains("Flow ", StringComparison.Ordinal) || line.Contains("Interface ", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_that_would_be_cut_alike_are_written_whole()
    {
        string[] names = [.. Enumerable.Range(0, 3).Select(i => $"begin{new string('x', 60)}{i}{new string('y', 60)}end")];
        var table = new ReportTable(
            "Names.", [new("Name", ColumnKind.Name), new("Drops", ColumnKind.Count), new("What it is")], [.. names.Append("short").Select(name => new Row(new NameCell(name), new CountCell(1), new TextCell("the same")))]);
        using var output = new StringWriter();
        TerminalOutput.Write(output, plain: true, 60, console => TerminalTable.Write(table, 4, 10, console));
        string text = string.Concat(output.ToString().Replace("the same", "", StringComparison.Ordinal).Where(c => !char.IsWhiteSpace(c)));
        Assert.All(names, name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    private static string[] Lines(ReportModel model, int width)
    {
        using var output = new StringWriter();
        TerminalReport.Write(model, 10, output, plain: true, width);
        return output.ToString().Split('\n', StringSplitOptions.TrimEntries);
    }
}
