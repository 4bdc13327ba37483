using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Model;

/// <summary>What every rendering of a report is made from.</summary>
/// <param name="Facts">All numbers.</param>
/// <param name="Version">Of this program.</param>
public sealed record ReportModel(CaptureFacts Facts, string Version)
{
    /// <summary>One colour for each reason, or each function where no drop has a reason; the same everywhere.</summary>
    public ReasonColours Colours { get; } = new(Facts.WhyNoReason is null
        ? Facts.Reasons.Select(r => ReasonWords.Name(r.Reason))
        : Facts.Timeline.Series.Take(FactLimits.SeriesOfFunctions).Select(s => FunctionWords.Name(s.Function)));

    private const int MostOtherCauses = 2;

    private readonly PageLimits _limits = PageLimits.Ample;
    private Exploration? _exploration;
    private Glossary? _glossary;
    private IReadOnlyList<Finding>? _findings;
    private Verdict? _verdict;

    /// <summary>How much of it a page lists.</summary>
    internal PageLimits Limits
    {
        get => _limits;
        init => (_limits, _exploration) = (value, null);
    }

    /// <summary>What is known of its names.</summary>
    internal Glossary Glossary => _glossary ??= new Glossary(Facts, KnowledgeBase.Embedded);

    /// <summary>What a reader can explore.</summary>
    internal Exploration Exploration => _exploration ??= new Exploration(this);

    /// <summary>The findings, the most important first.</summary>
    public IReadOnlyList<Finding> Findings => _findings ??= FindingsWriter.Of(Facts);

    /// <summary>
    /// What else went wrong, in few lines: other causes than the one that leads, the most frequent of all among them. A burst or a busy CPU describes
    /// packets that have a cause already.
    /// </summary>
    public IReadOnlyList<Finding> OtherCauses
    {
        get
        {
            List<Finding> others = [.. Findings.Skip(1).Where(f => !FindingOrder.IsPattern(f.Rank))];
            List<Finding> first = [.. others.Take(MostOtherCauses)];
            if (others.Where(f => f.Share is not null).MaxBy(f => f.Drops) is { } most && most.Drops > Findings[0].Drops && !first.Contains(most)) first[^1] = most;
            return first;
        }
    }

    /// <summary>Findings beside the one that leads and <see cref="OtherCauses"/>.</summary>
    internal int MoreFindings => Math.Max(0, Findings.Count - 1 - OtherCauses.Count);

    /// <summary>The command to run next; null where none is known.</summary>
    internal KnownCheck? Next => Findings is [var top, ..] ? CheckFiller.First(top.Checks)
        : Facts is { Drops: 0, Capture.HitsOf: null } ? new KnownCheck("ip -s -s link show", "losses in network cards and their drivers, which no drop event shows; else capture while the trouble lasts") : null;

    /// <summary>What they come to.</summary>
    public Verdict Verdict => _verdict ??= VerdictWriter.Of(Facts, Findings);

    /// <summary>Which capture this is: host, kernel, probe, window, time and file. The section "How it was captured" has the rest.</summary>
    internal string Identity => string.Join(" · ", new[]
    {
        $"{(Facts.Capture.HitsOf is null ? "Packet drops" : Subject.Title)}{(Facts.Capture.KnownHost is { } host ? $" on {host}" : "")}",
        Facts.Capture.KernelRelease is { } kernel ? $"Linux {kernel}" : "kernel unknown",
        Facts.Capture.IsImport ? "imported text" : Facts.Capture.Probe,
        Facts.Window switch
        {
            { IsTime: false } => Facts.Capture.WhyNoTime,
            { Basis: WindowFacts.Whole } => $"window of {Duration(Facts.Window.LengthNs)}",
            { Basis: not WindowFacts.ToLastDrop, LengthNs: 0 } => "one instant",
            { Basis: WindowFacts.ToLastDrop } => $"{Duration(Facts.Window.LengthNs)} from the opening to the last {Subject.One}",
            _ => $"{Duration(Facts.Window.LengthNs)} from the first {Subject.One} to the last",
        },
        Facts.Window.StartUtc is { } start ? $"began {Utc(start)}" : "time of day unknown",
        Facts.Capture.File,
    });

    /// <summary>That the window ended before its time, and why, in a sentence; null if it did not. It is no loss, but a reader must know.</summary>
    internal string? EndedEarly => Verdict.Completeness.Evidence.FirstOrDefault(evidence => evidence.StartsWith("The window", StringComparison.Ordinal));

    /// <summary>Whether functions take the place of reasons, because no drop has one.</summary>
    public bool IsByFunction => Facts.IsByFunction;

    /// <summary>What is counted, in words.</summary>
    internal Subject Subject => Facts.Capture.Subject;

    /// <summary>The name that a site's colour goes by: its reason's, or its function's.</summary>
    public string ColourName(SiteFacts site) => IsByFunction ? FunctionWords.Name(site.Function) : ReasonWords.Name(site.Reason);

    /// <summary>The name that a series' colour goes by.</summary>
    public string ColourName(TimelineSeries series) => IsByFunction ? FunctionWords.Name(series.Function) : ReasonWords.Name(series.Reason);

    /// <summary>The shell command that prints so many lines of a stream.</summary>
    public string RawCommand(RawExample example)
    {
        string cpu = example.Cpu is int n ? $" --cpu {n}" : "";
        return $"analyze raw {ShellWord(Facts.Capture.File)}{cpu} | sed -n '{example.Line},{example.Line + example.Lines - 1}p'";
    }

    /// <summary>A name as one word of a shell's command.</summary>
    internal static string ShellWord(string text) =>
        text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '/' or '-') && !text.StartsWith('-')
            ? text
            : "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}

/// <summary>What is known of the reasons and functions that the page names, so that a reader need not look them up elsewhere.</summary>
internal sealed class Glossary
{
    private readonly Dictionary<string, GlossaryTerm> _reasons = [];
    private readonly Dictionary<string, GlossaryTerm> _functions = [];

    public Glossary(CaptureFacts facts, KnowledgeBase knowledge)
    {
        KernelVersion? kernel = KernelVersion.Parse(facts.Capture.KernelRelease);
        List<SiteFacts> sites = facts.Sites.Take(FactLimits.TableRows).ToList();
        List<SiteMeaning> meanings = facts.Capture.HitsOf is null ? SiteMeaning.Of(facts, knowledge).Where(m => sites.Contains(m.Site)).ToList() : [];
        foreach (string reason in facts.Reasons.Select(r => r.Reason).OfType<string>().Where(ReasonWords.IsName).Distinct())
        {
            if (knowledge.Reason(reason) is not { } known) continue;
            _reasons.TryAdd(reason, new GlossaryTerm($"reason-{Anchor(reason)}", reason, known, Others(meanings.Where(m => m.Site.Reason == reason && m.Known?.IsReason == true), known)));
        }

        foreach (string function in sites.Select(s => s.Function).OfType<string>().Distinct())
        {
            if (knowledge.Function(function, kernel) is not { } known) continue;
            _functions.TryAdd(function, new GlossaryTerm($"function-{Anchor(function)}", function, known, Others(meanings.Where(m => m.Site.Function == function && m.Known?.IsReason == false), known)));
        }
    }

    private static List<KnowledgeEntry> Others(IEnumerable<SiteMeaning> meanings, KnowledgeEntry known) =>
        meanings.Select(m => m.Known).OfType<KnowledgeEntry>().Where(e => e != known).Distinct().ToList();

    /// <summary>The reasons, by drops.</summary>
    public IReadOnlyCollection<GlossaryTerm> Reasons => _reasons.Values;

    /// <summary>The functions that decided, by drops.</summary>
    public IReadOnlyCollection<GlossaryTerm> Functions => _functions.Values;

    /// <summary>Where a reason is explained; null where it is not.</summary>
    public string? ReasonId(string? reason) => reason is null ? null : _reasons.GetValueOrDefault(reason)?.Id;

    /// <summary>Where a function is explained; null where it is not.</summary>
    public string? FunctionId(string? function) => function is null ? null : _functions.GetValueOrDefault(function)?.Id;

    // A name comes from the capture: as a part of an address it has letters, digits and underscores, and the codes of all else in it.
    private static string Anchor(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? $"{c}" : $".{(int)c:x}"));
}

/// <summary>A reason or function of a capture.</summary>
/// <param name="Id">Of its place on the page.</param>
/// <param name="Name">As the kernel spells it.</param>
/// <param name="Known">What is known of it.</param>
/// <param name="Elsewhere">What else it means for some drops of this capture: in some functions, or under a condition.</param>
public sealed record GlossaryTerm(string Id, string Name, KnowledgeEntry Known, IReadOnlyList<KnowledgeEntry> Elsewhere);
