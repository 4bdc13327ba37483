using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Report;
using DropForensics.Analyze.Terminal;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Html;

/// <summary>A capture comes from a host that others run programs on: none of its text may do anything.</summary>
public sealed class HostileTextTests : IDisposable
{
    // Markup, a terminal's title and colour, a bell, a line end, bidi overrides, Spectre's markup, the end of a style and a script.
    private const string Hostile = "<img src=x onerror=alert(1)>\u001b]0;owned\u0007\u001b[31m\r\n\u202egnp\u2066[red]x[/]</style></script>`&amp;\"'";

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Hostile_text_in_every_column_does_nothing_in_page_terminal_and_json()
    {
        ReportModel model = MakeHostile();
        Assert.Contains(model.Facts.Processes, p => p.Comm.Contains("<img", StringComparison.Ordinal));

        string page = await HtmlReport.RenderAsync(model);
        AssertQuiet(page);
        Assert.DoesNotContain("<img", page);
        Assert.Equal(1, Count(page, "</style>"));
        Assert.Equal(2, Count(page, "</script>")); // the data and the program
        Assert.Contains("&lt;img src=x", page);

        foreach (bool plain in new[] { true, false })
        {
            using var terminal = new StringWriter();
            TerminalReport.Write(model, 10, terminal, plain);
            AssertQuiet(plain ? terminal.ToString() : Regex.Replace(terminal.ToString(), "\u001b\\[[0-9;]*m", ""));
            Assert.Contains("[red]x", terminal.ToString().Replace("\n", "").Replace(" ", ""));
        }

        using var json = new StringWriter();
        JsonReport.Write(model, [], json);
        AssertQuiet(json.ToString());
    }

    [Fact]
    public void A_file_name_cannot_leave_the_command_that_is_offered_for_copying()
    {
        ReportModel model = MakeHostile() with { };
        model = model with { Facts = model.Facts with { Capture = model.Facts.Capture with { File = "a'b; rm -rf $HOME" } } };
        Assert.StartsWith("analyze raw 'a'\\''b; rm -rf $HOME' --cpu 0 | sed", model.RawCommand(model.Facts.Sites[0].Example!));
    }

    private ReportModel MakeHostile()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000) + Event(102, "x<y\u202e+0x1/0x2", task: "evil\u001b[2J-666") + "<b>\u001b[31m\u202e\n")]);
        Change(Path, "PRAGMA ignore_check_constraints = 1;" + string.Concat(
            new[]
            {
                "capture:uuid,tool,tool_version,command_line,host_name,kernel_release,kernel_version,machine,boot_id,time_zone,cpus_online,"
                    + "probe,probe_why,event,filter,trigger,trace_options,trace_clock,ended",
                "task:comm", "reason:name,subsystem", "symbol:name,module", "site:event,location,function,module,entry,driver", "unparsed:kind,text",
                "line_count:kind",
            }
            .Select(t => t.Split(':'))
            .Select(t => $"UPDATE {t[0]} SET {string.Join(", ", t[1].Split(',').Select(c => $"{c} = '{Hostile.Replace("'", "''")}' || {c}"))};")));
        return Read(Path);
    }

    private static void AssertQuiet(string text)
    {
        Rune[] loud = [.. text.EnumerateRunes().Where(r => r.Value is not ('\n' or '\t') && Rune.GetUnicodeCategory(r) is
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)];
        Assert.Empty(loud);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
