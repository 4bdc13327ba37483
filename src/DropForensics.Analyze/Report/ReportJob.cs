using System.Security.Cryptography;
using System.Text;
using DropForensics.Analyze.Analysis;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Follow;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Output;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Selection;
using DropForensics.Analyze.Source;
using DropForensics.Analyze.Terminal;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Report;

/// <summary>From a capture to its report: facts, verdict, page, pictures, summary.</summary>
internal static class ReportJob
{
    private const string Page = "report.html", Document = "report.md";

    /// <param name="options">The options.</param>
    /// <param name="output">Takes the summary or the JSON document.</param>
    /// <param name="plain">The output is no terminal.</param>
    /// <param name="notes">Takes progress and notes.</param>
    /// <param name="cancellation">Stops the work; nothing is written then.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    public static async Task<ExitCode> RunAsync(
        ReportOptions options, TextWriter output, bool plain, TextWriter notes, CancellationToken cancellation, ProgressLine? progress = null)
    {
        using CaptureReader capture = AnyCapture.Open(options.Capture, cancellation, progress);
        using OutputFolder? folder = options.Html || options.Png ? new OutputFolder(options.Folder, Names(options), options.Force) : null;
        return await UntrustedContent.ReadAsync(capture, () => WriteAsync(capture, folder, options, output, plain, notes, progress, cancellation), cancellation);
    }

    private static async Task<ExitCode> WriteAsync(
        CaptureReader capture, OutputFolder? folder, ReportOptions options, TextWriter output, bool plain, TextWriter notes, ProgressLine? progress, CancellationToken cancellation)
    {
        ReportModel model = Read(capture, cancellation, progress, filter: options.Filter);
        if (options.DebugInfo is { } debugInfo)
        {
            progress?.Begin("reading debug information");
            model = new ReportModel(SourceFinder.AddTo(model.Facts, debugInfo), model.Version);
        }

        IReadOnlyList<string> written = [];
        if (folder is not null)
        {
            if (options is { Html: true, AsMarkdown: true })
            {
                byte[] document = Encoding.UTF8.GetBytes(MarkdownDocument.Of(model, options.Png ? ReportPictures.Names : []));
                folder.Write(Document, stream => stream.Write(document));
            }
            else if (options.Html)
            {
                progress?.Begin($"making {Page}");
                byte[] page = Encoding.UTF8.GetBytes(await HtmlReport.RenderAsync(model));
                folder.Write(Page, stream => stream.Write(page));
            }

            foreach (string name in options.Png ? ReportPictures.Names : [])
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Begin($"drawing {name}");
                byte[] picture = OwnOutput.Marked(Png(model, name));
                folder.Write(name, stream => stream.Write(picture));
            }

            written = folder.Commit();
        }

        progress?.Dispose();
        if (options.Json)
        {
            JsonReport.Write(model, written, output);
        }
        else if (options.Markdown)
        {
            MarkdownReport.Write(model, written, output);
        }
        else
        {
            TerminalReport.Write(model, options.Top, output, plain);
        }

        foreach (string file in written)
        {
            notes.WriteLine($"wrote {file}");
        }

        return model.Facts.LacksData ? ExitCode.Incomplete : ExitCode.Done;
    }

    /// <summary>Reads a capture into the model of its report.</summary>
    /// <param name="byConversation">Also sum flows by conversation.</param>
    /// <param name="filter">An expression: only the drops that match; null: all.</param>
    /// <param name="isBrief">Only what findings are made of (<see cref="FactBuilder.IsBrief"/>), without the file's hash.</param>
    /// <exception cref="UserError">The capture is damaged, or the expression is none.</exception>
    public static ReportModel Read(CaptureReader capture, CancellationToken cancellation, ProgressLine? progress = null, bool byConversation = false, string? filter = null, bool isBrief = false)
    {
        ReportModel ReadFacts()
        {
            (LossFacts, CompletenessLedger)? whole = filter is null ? null : new FactBuilder(capture.Connection, new RawLines(capture.Connection)).ReadAccounts();
            SelectionFacts? selection = DropSelection.Apply(capture, filter, cancellation, progress);
            CaptureFacts facts = new FactBuilder(capture.Connection, new RawLines(capture.Connection), progress) { ByConversation = byConversation, Selection = selection, Whole = whole, IsBrief = isBrief }.Build(cancellation);
            facts = facts with { Capture = isBrief ? facts.Capture : WithFile(facts.Capture, capture), SitesReadOtherwise = capture.Reattributed };
            if (!isBrief) facts = facts with { Ways = WaysOf(capture, facts, progress, cancellation) };
            return new ReportModel(facts, ProductVersion.Number);
        }

        return UntrustedContent.Read(capture, ReadFacts, cancellation);
    }

    private static PacketWays? WaysOf(CaptureReader capture, CaptureFacts facts, ProgressLine? progress, CancellationToken cancellation)
    {
        if (!FollowedWays.AreIn(capture)) return null;
        progress?.Begin("joining the packets' ways");
        var ways = new FollowedWays(capture, cancellation);
        HashSet<(int?, long)> examples = [.. facts.Sites.Select(site => site.Example).OfType<RawExample>().Select(example => (example.Cpu, example.Line))];
        return ways.Summarize(FactLimits.Ways, facts.Selection is null ? null : FollowedWays.Selected(capture), (cpu, line) => examples.Contains((cpu, line)) || examples.Contains((null, line)));
    }

    private static byte[] Png(ReportModel model, string name)
    {
        using Charts.Pictures.Sheet sheet = ReportPictures.Draw(model, name);
        return sheet.ToPng();
    }

    private static IEnumerable<string> Names(ReportOptions options) =>
        [.. options.Html ? [options.AsMarkdown ? Document : Page] : Array.Empty<string>(), .. options.Png ? ReportPictures.Names : []];

    private static CaptureInfo WithFile(CaptureInfo info, CaptureReader capture)
    {
        // Of a flight recorder's folder the parts one after another, as `cat *.db | sha256sum` has it.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size = 0;
        foreach (string part in CaptureParts.IsFolder(capture.Path) ? CaptureParts.In(capture.Path) : [capture.Path])
        {
            using FileStream file = File.OpenRead(part);
            size += file.Length;
            byte[] piece = new byte[1 << 20];
            for (int read; (read = file.Read(piece)) > 0;) hash.AppendData(piece.AsSpan(0, read));
        }

        return info with
        {
            File = Display.Visible.Text(Path.GetFileName(capture.Path)),
            EarlierSchema = capture.IsRebuilt && capture.Schema < CaptureFile.Version ? capture.Schema : null,
            Size = size,
            Sha256 = Convert.ToHexStringLower(hash.GetCurrentHash()),
        };
    }
}

/// <summary>The options.</summary>
/// <param name="Capture">Path of the capture.</param>
/// <param name="Folder">Where page and pictures go.</param>
/// <param name="Json">Print JSON instead of the summary.</param>
/// <param name="Top">Rows of each table of the summary.</param>
/// <param name="Html">Whether to write the page.</param>
/// <param name="Png">Whether to write the pictures.</param>
/// <param name="Markdown">Print a comment for a ticket instead of the summary.</param>
/// <param name="Force">Replace files of these names even if analyze did not make them.</param>
internal sealed record ReportOptions(string Capture, string Folder, bool Json, int Top, bool Html, bool Png, bool Force = false, bool Markdown = false)
{
    /// <summary>Debug information of the captured kernel, a file or a folder; null: none.</summary>
    public string? DebugInfo { get; init; }

    /// <summary>Only the drops that match; null: all.</summary>
    public string? Filter { get; init; }

    /// <summary>Whether the report is a Markdown file instead of a page.</summary>
    public bool AsMarkdown { get; init; }
}
