using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Knowledge;
using DropForensics.Core;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Explain;

/// <summary>Looks a name up in what is known and prints it.</summary>
internal static class ExplainJob
{
    private const int NamesOffered = 5;

    public static ExitCode Run(ExplainOptions options, TextWriter output)
    {
        KernelVersion? kernel = options.Kernel is null ? null
            : KernelVersion.Parse(options.Kernel) ?? throw new UserError($"{options.Kernel} is not a kernel version", "Give it as 6.12, or as `uname -r` prints it.", ExitCode.Usage);
        if (options.Name is null)
        {
            ExplainList.Write(KnowledgeBase.Embedded, kernel, options.Json, output);
            return ExitCode.Done;
        }

        Explanation explanation = Explain(KnowledgeBase.Embedded, options.Name.Trim(), kernel);
        if (options.Json) ExplainJson.Write(explanation, output);
        else ExplainText.Write(explanation, output);
        return ExitCode.Done;
    }

    /// <exception cref="UserError">Nothing is known by that name.</exception>
    internal static Explanation Explain(KnowledgeBase knowledge, string name, KernelVersion? kernel)
    {
        if (NumberTable.Parse(name) is uint number)
        {
            IReadOnlyList<NumberMeaning> meanings = NumberTable.Of(number, kernel);
            return meanings.Count > 0
                ? new Explanation(name, meanings, meanings.SelectMany(m => knowledge.Reasons(m.Name)).Distinct().ToList())
                : throw new UserError(
                    $"{name} is not a known reason number in {(kernel is { } version ? $"Linux {version}" : "any kernel")}",
                    "The host has its own table in /sys/kernel/tracing/events/skb/kfree_skb/format.");
        }

        string function = name.Split('+', '.')[0]; // tcp_v4_rcv.isra.0+0x91/0x13f0
        List<KnowledgeEntry> entries = knowledge.Reasons(name).ToList() is { Count: > 0 } reasons ? reasons
            : knowledge.Functions(function).Where(e => e.Kernels.Contains(kernel)).ToList();
        return entries.Count > 0 ? new Explanation(name, [], entries) : throw Unknown(knowledge, name, kernel);
    }

    private static UserError Unknown(KnowledgeBase knowledge, string name, KernelVersion? kernel)
    {
        string shown = Display.Visible.Text(name);
        IReadOnlyList<string> near = knowledge.Near(name, NamesOffered);
        return near is [var first, ..] && first.Equals(name, StringComparison.OrdinalIgnoreCase)
            ? new UserError($"no information about {shown} for Linux {kernel}", $"Leave --kernel out to see other kernels.")
            : new UserError(
                $"no information about {shown}",
                near.Count > 0 ? $"Similar names: {string.Join(", ", near)}." : "Give a drop reason as the kernel prints it (NO_SOCKET), or a function of a stack (tcp_v4_rcv).");
    }
}

/// <summary>What <c>analyze explain</c> was asked.</summary>
/// <param name="Name">A reason, a function or a number; null: all of them are listed.</param>
/// <param name="Kernel">A release; null: any.</param>
/// <param name="Json">One JSON document instead of text.</param>
internal sealed record ExplainOptions(string? Name, string? Kernel, bool Json);

/// <summary>The answer to <c>analyze explain</c>.</summary>
/// <param name="Asked">The name as asked for.</param>
/// <param name="Number">What the number means, where one was asked for; else empty.</param>
/// <param name="Entries">What is known: one entry, or several of a function that does different things in different kernels.</param>
internal sealed record Explanation(string Asked, IReadOnlyList<NumberMeaning> Number, IReadOnlyList<KnowledgeEntry> Entries);

/// <summary>The answer to <c>analyze explain</c> as one JSON document; a name may be added without <c>format</c> changing.</summary>
internal sealed record ExplainJson(int Format, string Asked, IReadOnlyList<NumberMeaning> Number, IReadOnlyList<ExplainJson.Entry> Entries)
{
    public static void Write(Explanation explanation, TextWriter output) => output.WriteLine(JsonText.Readable(JsonSerializer.Serialize(
        new ExplainJson(1, explanation.Asked, explanation.Number, explanation.Entries.Select(Of).ToList()), ExplainJsonContext.Default.ExplainJson)));

    private static Entry Of(KnowledgeEntry entry) => new(
        entry.IsReason ? "reason" : "function",
        entry.Names.Select(n => new Name(n.Name, (n.Kernels ?? entry.Kernels).Words)).ToList(),
        entry.In.Select(n => n.Name).ToList(), entry.When.Select(w => w.Words).ToList(), entry.Topic, entry.Kernels.Words, entry.Severity, entry.IsNoise, entry.What, entry.Causes, entry.Checks, entry.Counters);

    internal sealed record Name(string Text, string Kernels);

    internal sealed record Entry(
        string Kind, IReadOnlyList<Name> Names, IReadOnlyList<string> In, IReadOnlyList<string> When, string Topic, string Kernels, Severity Severity, bool IsNoise, string What,
        IReadOnlyList<string> Causes, IReadOnlyList<KnownCheck> Checks, IReadOnlyList<string> Counters);
}

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(ExplainJson))]
[JsonSerializable(typeof(ExplainList))]
internal sealed partial class ExplainJsonContext : JsonSerializerContext;

/// <summary>
/// What numbers of reasons meant in the kernels whose BTF was read: a number is a build's own, and has changed within stable kernels. A
/// capture names its reasons by the table of its own host and has no need of this; it is for numbers out of a log.
/// </summary>
internal static class NumberTable
{
    private const string SubsystemKernel = "7.3.4+deb13";

    /// <summary>The meanings of a number, that of the latest kernels last; empty where no such kernel has it.</summary>
    /// <param name="number">196610 or, as the kernel prints it, 0x30002.</param>
    /// <param name="kernel">Only kernels of this version; null: all.</param>
    public static IReadOnlyList<NumberMeaning> Of(uint number, KernelVersion? kernel) =>
        (number <= 0xffff ? Core(number) : Subsystems(number))
            .Where(m => kernel is null || KernelVersion.Parse(m.Kernel) == kernel)
            .OrderBy(m => KernelVersion.Parse(m.Kernel) is { } version ? (version.Major, version.Minor) : default)
            .GroupBy(m => m.Name).Select(g => new NumberMeaning(g.Key, g.Select(m => m.Kernel).ToList()))
            .ToList();

    /// <summary>A decimal or (0x) hexadecimal number; anything else is null.</summary>
    public static uint? Parse(string text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint hex) ? hex : null
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;

    private static IEnumerable<(string Name, string Kernel)> Core(uint number)
    {
        string value = number.ToString(CultureInfo.InvariantCulture);
        string[][] rows = Rows("skb_drop_reason.tsv").ToArray();
        return rows.Skip(1).SelectMany(row => row.Skip(1).Zip(rows[0].Skip(1)).Where(cell => cell.First == value)
            .Select(cell => (row[0].Replace("SKB_DROP_REASON_", "", StringComparison.Ordinal), cell.Second)));
    }

    private static IEnumerable<(string Name, string Kernel)> Subsystems(uint number) => Rows("subsystems-7.3.tsv")
        .Where(row => row[2] == number.ToString(CultureInfo.InvariantCulture)).Select(row => (row[1].TrimStart('_'), SubsystemKernel));

    private static IEnumerable<string[]> Rows(string name)
    {
        using Stream resource = typeof(NumberTable).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not embedded");
        using var text = new StreamReader(resource);
        while (text.ReadLine() is { } line) yield return line.Split('\t');
    }
}

/// <summary>What a reason's number means.</summary>
/// <param name="Name">The reason, without <c>SKB_DROP_REASON_</c>.</param>
/// <param name="Kernels">The kernels it was looked up in, as their packages name them: <c>6.12.107+deb13</c>.</param>
public sealed record NumberMeaning(string Name, IReadOnlyList<string> Kernels);
