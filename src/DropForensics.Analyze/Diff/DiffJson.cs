using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Core.Commands;
using DropForensics.Core.Ledger;

namespace DropForensics.Analyze.Diff;

/// <summary>
/// A comparison of two captures as one JSON document, for programs. Its names are stable; new ones may be added without <see cref="Format"/> changing. Rates are drops
/// a second, unknown is null.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="Version">Of this program.</param>
/// <param name="Headline">The answer in one sentence.</param>
/// <param name="A">The capture to compare with.</param>
/// <param name="B">The capture to judge.</param>
/// <param name="Test">The test that distinguishes rates.</param>
/// <param name="Threshold">Two rates differ if a row's <c>p</c> is below it.</param>
/// <param name="Total">All drops.</param>
/// <param name="Tables">By what they are compared: <c>reasons</c>, <c>sites</c>, <c>drivers</c>, <c>interfaces</c>, <c>services</c>, <c>flows</c>.</param>
/// <param name="Limits">What cannot be compared, and other notes.</param>
/// <param name="Increase">What <c>--fail-on-increase</c> found; null if it was not requested.</param>
/// <param name="Files">The files that were written.</param>
internal sealed record DiffJson(
    int Format, string Version, string Headline, DiffJson.Side A, DiffJson.Side B, string Test, double Threshold, DiffRow Total,
    IReadOnlyList<DiffTable> Tables, IReadOnlyList<string> Limits, Increase? Increase, IReadOnlyList<string> Files)
{
    public static void Write(DiffModel model, IReadOnlyList<string> files, TextWriter output) => output.WriteLine(JsonText.Readable(model.IsOfTwo
        ? JsonSerializer.Serialize(Of(model.Pairs[0], files), DiffJsonContext.Default.DiffJson)
        : JsonSerializer.Serialize(
            new DiffListJson(1, model.Sides[0].Report.Version, [.. model.Pairs.Select(pair => Of(pair, []))], files), DiffJsonContext.Default.DiffListJson)));

    private static DiffJson Of(DiffPair pair, IReadOnlyList<string> files) => new(
        1, pair.A.Report.Version, Prose.Plain(pair.Headline), Of(pair.A), Of(pair.B), DiffMethod.Test, PoissonTest.Threshold, Plain(pair.Total), [.. pair.Tables.Select(Plain)],
        [.. pair.Limits.Select(Prose.Plain)], pair.Increase is { } found ? found with { Sentence = Prose.Plain(found.Sentence) } : null, files);

    private static DiffTable Plain(DiffTable table) => table with { Rows = [.. table.Rows.Select(Plain)], WhyNot = table.WhyNot is { } why ? Prose.Plain(why) : null };

    private static DiffRow Plain(DiffRow row) => row.Note is { } note ? row with { Note = Prose.Plain(note) } : row;

    private static Side Of(DiffSide side) => new(
        side.Capture, side.Seconds, side.Facts.Drops, side.Missing.Least, side.Missing.Most,
        side.Report.Verdict.Completeness with { Evidence = [.. side.Report.Verdict.Completeness.Evidence.Select(Prose.Plain)] });

    /// <summary>One of the two.</summary>
    /// <param name="Capture">What it is.</param>
    /// <param name="Seconds">Length of its window; null if unknown.</param>
    /// <param name="Drops">Captured.</param>
    /// <param name="MissingLeast">Least number of missing drops of the window.</param>
    /// <param name="MissingMost">At most; null: unknown.</param>
    /// <param name="Completeness">The judgement.</param>
    internal sealed record Side(CaptureInfo Capture, double? Seconds, long Drops, long MissingLeast, long? MissingMost, Completeness Completeness);
}

/// <summary>Three captures or more, each compared with the first.</summary>
/// <param name="Format">1.</param>
/// <param name="Version">Of this program.</param>
/// <param name="Comparisons">In the order of the captures: the second with the first, the third with the first. Sentences call them A, B, C.</param>
/// <param name="Files">The files that were written.</param>
internal sealed record DiffListJson(int Format, string Version, IReadOnlyList<DiffJson> Comparisons, IReadOnlyList<string> Files);

/// <summary>Serialisation without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, UseStringEnumConverter = true)]
[JsonSerializable(typeof(DiffJson))]
[JsonSerializable(typeof(DiffListJson))]
internal sealed partial class DiffJsonContext : JsonSerializerContext;
