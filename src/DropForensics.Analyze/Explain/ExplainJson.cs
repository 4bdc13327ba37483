using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Explain;

/// <summary>The answer to <c>analyze explain</c> as one JSON document; a name may be added without <c>format</c> changing.</summary>
internal sealed record ExplainJson(int Format, string Asked, IReadOnlyList<NumberMeaning> Number, IReadOnlyList<ExplainJson.Entry> Entries)
{
    public static void Write(Explanation explanation, TextWriter output) => output.WriteLine(JsonSerializer.Serialize(
        new ExplainJson(1, explanation.Asked, explanation.Number, explanation.Entries.Select(Of).ToList()), ExplainJsonContext.Default.ExplainJson));

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
internal sealed partial class ExplainJsonContext : JsonSerializerContext;
