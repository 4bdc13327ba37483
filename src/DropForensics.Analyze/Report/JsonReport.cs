using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Report;

/// <summary>
/// The report as one JSON document, for programs. Its names are those of the facts in snake_case and stay; a new one may come
/// without <see cref="Format"/> changing. Times are <c>t_ns</c>, shares 0 to 1, unknown is null; every character that is not
/// ASCII is escaped, and invisible ones of the capture read <c>\xNN</c> or <c>\u{N}</c>.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="Version">Of this program.</param>
/// <param name="Verdict">The answer in words.</param>
/// <param name="Findings">What there is to say, the most important first.</param>
/// <param name="Sections">The sections of the report: which show nothing, and why; and the tables whose numbers the facts do not have.</param>
/// <param name="Facts">All numbers.</param>
/// <param name="Files">What was written beside it.</param>
internal sealed record JsonReport(int Format, string Version, Verdict Verdict, IReadOnlyList<JsonFinding> Findings, IReadOnlyList<JsonSection> Sections, CaptureFacts Facts, IReadOnlyList<string> Files)
{
    public static void Write(ReportModel model, IReadOnlyList<string> files, TextWriter output) => output.WriteLine(JsonText.Readable(JsonSerializer.Serialize(
        new JsonReport(1, model.Version, Plain(model.Verdict), [.. model.Findings.Select(JsonFinding.Of)], JsonSection.Of(model), model.Facts, files), JsonReportContext.Default.JsonReport)));

    private static Verdict Plain(Verdict verdict) => verdict with
    {
        Headline = Prose.Plain(verdict.Headline),
        Counted = verdict.Counted is null ? null : Prose.Plain(verdict.Counted),
        Cause = verdict.Cause is null ? null : Prose.Plain(verdict.Cause),
        Way = verdict.Way is null ? null : Prose.Plain(verdict.Way),
        Note = verdict.Note is null ? null : Prose.Plain(verdict.Note),
        Completeness = verdict.Completeness with { Evidence = [.. verdict.Completeness.Evidence.Select(Prose.Plain)] },
    };
}

/// <summary>Serialisation without reflection, by written-out code alone: a description of every property takes longer to build than to use once.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n", GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(JsonReport))]
internal sealed partial class JsonReportContext : JsonSerializerContext;
