using System.Text.RegularExpressions;
using DropForensics.Tests.TestKit;

namespace DropForensics.Tests.Docs;

/// <summary>A page of the documentation: README.md, CHANGELOG.md, or one in docs.</summary>
/// <param name="Path">From the root of the checkout: <c>docs/capture.md</c>.</param>
/// <param name="Text">As it is in the checkout.</param>
public sealed partial record DocPage(string Path, string Text)
{
    public static IReadOnlyList<DocPage> All { get; } =
    [
        .. new[] { "README.md", "CHANGELOG.md" }.Concat(Directory.EnumerateFiles(Repository.At("docs"), "*.md").Select(file => $"docs/{System.IO.Path.GetFileName(file)}"))
            .Order(StringComparer.Ordinal).Select(Read),
    ];

    /// <summary>Blocks of commands or SQL, each with the comment before it that says how a test runs it.</summary>
    public IReadOnlyList<DocBlock> Blocks => [.. Block().Matches(Text).Select(block => new DocBlock(this, block.Groups["how"].Value, block.Groups["body"].Value.Trim()))];

    /// <summary>Blocks of commands or SQL, with a comment or without.</summary>
    public int Fences => Fence().Count(Text);

    /// <summary>Targets of links and pictures.</summary>
    public IReadOnlyList<string> Links => [.. Link().Matches(Prose).Select(link => link.Groups["to"].Value)];

    /// <summary>Names as in <c>#the-capture-file</c>, one for each heading, as GitHub makes them.</summary>
    public IReadOnlyList<string> Anchors => [.. Heading().Matches(Prose).Select(heading => NotInAnchor().Replace(heading.Groups["title"].Value.ToLowerInvariant(), "").Replace(' ', '-'))];

    /// <summary>What stands between backticks in a line.</summary>
    public IReadOnlyList<string> Code => [.. Span().Matches(Prose).Select(span => span.Groups["code"].Value)];

    /// <summary>First cells of the rows of all tables, without backticks.</summary>
    public IReadOnlyList<string> RowNames => [.. Row().Matches(Prose).Select(row => row.Groups["name"].Value.Replace("`", ""))];

    private string Prose => AnyFence().Replace(Text, "");

    public static DocPage Read(string path) => new(path, File.ReadAllText(Repository.At(path)));

    public override string ToString() => Path;

    [GeneratedRegex(@"^<!-- run: (?<how>\w+) -->\n```(sh|sql)\n(?<body>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\s*```(sh|sql|bash|console|shell)$", RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex AnyFence();

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#+ (?<title>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"`(?<code>[^`\n]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"^\| *(?<name>[^|]+?) *\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}

/// <summary>Commands or SQL of a page.</summary>
/// <param name="Page">Where it stands.</param>
/// <param name="How">How a test runs it.</param>
/// <param name="Text">The lines.</param>
public sealed record DocBlock(DocPage Page, string How, string Text);
