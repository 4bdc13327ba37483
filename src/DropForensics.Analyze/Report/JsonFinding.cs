using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Report;

/// <summary>A finding: one result of the analysis, with its numbers.</summary>
/// <param name="Evidence">In words, a sentence each.</param>
/// <param name="EvidenceData">The same as numbers and keys.</param>
internal sealed record JsonFinding(
    string Id, Severity Severity, string Title, string Meaning, long Drops, double? Share, IReadOnlyList<string> Evidence, IReadOnlyList<JsonEvidence> EvidenceData,
    IReadOnlyList<string> Causes, IReadOnlyList<KnownCheck> Checks, int? ExampleCpu, long? ExampleLine)
{
    public static JsonFinding Of(Finding finding) => new(
        finding.Id, finding.Severity, Prose.Plain(finding.Title), Prose.Plain(finding.Meaning), finding.Drops, finding.Share,
        [.. finding.Evidence.Select(evidence => Prose.Plain(EvidenceWords.Of(evidence)))], [.. finding.Evidence.Select(evidence => new JsonEvidence(evidence))],
        finding.Causes, finding.Checks, finding.Example?.Cpu, finding.Example?.Line);
}

/// <summary>Evidence: its kind, and the numbers and keys that the kind has.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record JsonEvidence(Evidence Evidence)
{
    private static (string Name, object? Value)[] Of(Evidence evidence) => evidence switch
    {
        TextEvidence text => [("kind", "text"), ("text", Prose.Plain(text.Text))],
        PlaceEvidence place =>
        [
            .. place.Place.Fields, ("drops", place.Drops), ("others", place.Others), ("other_places", place.OtherPlaces),
            .. place.Span is { } span ? Times(span) : [],
        ],
        SiteEvidence site =>
        [
            ("kind", "site"), ("function", site.Site.Function), ("module", site.Site.Module), ("reason", site.Site.Reason), ("subsystem", site.Site.Subsystem),
            ("drops", site.Drops), ("harmless", site.IsHarmless),
        ],
        OtherSitesEvidence rest => [("kind", "other_sites"), ("sites", rest.Sites), ("drops", rest.Drops), ("by", rest.By)],
        PathEvidence { Path: var path } => [("kind", "path"), ("from_interface", path.From), ("interface", path.Interface), ("drops", path.Drops)],
        ScanEvidence { Scan: var scan } =>
        [
            ("kind", "scan"), ("src", scan.Src), ("dst", scan.Dst), ("protocol", scan.Protocol), ("sport", scan.Sport), ("ports", scan.Ports),
            ("lowest_port", scan.LowestPort), ("highest_port", scan.HighestPort), ("drops", scan.Drops),
        ],
        SpanEvidence span => [("kind", "span"), .. Times(span)],
        BurstEvidence burst => [("kind", "burst"), ("from_ns", burst.FromNs), ("length_ns", burst.LengthNs), ("drops", burst.Drops), .. Of(burst.Most)],
        PeakEvidence peak => [("kind", "peak"), ("times_the_rest", peak.TimesTheRest)],
        RhythmEvidence rhythm =>
            [("kind", "rhythm"), ("from_ns", rhythm.FromNs), ("least_gap_ns", rhythm.LeastGapNs), ("most_gap_ns", rhythm.MostGapNs), ("bin_ns", rhythm.BinNs)],
        EachTimeEvidence each => [("kind", "each_time"), ("least", each.Least), ("most", each.Most), .. Of(each.Largest)],
        CounterEvidence { Counter: var counter } =>
        [
            ("kind", "counter"), ("counter", counter.Counter), ("interface", counter.Interface), ("netns", counter.Netns), ("counted", counter.Counted), ("unseen", counter.Unseen),
        ],
        OtherCountersEvidence rest => [("kind", "other_counters"), ("counters", rest.Counters)],
        _ => throw new InvalidOperationException($"no names for {evidence.GetType()}"),
    };

    private static (string Name, object? Value)[] Times(SpanEvidence span) => [("first_ns", span.FirstNs), ("last_ns", span.LastNs)];

    private static (string Name, object? Value)[] Of(MostOf most) => [("most_of", most.Name), ("share", most.Share)];

    internal sealed class Converter : JsonConverter<JsonEvidence>
    {
        public override JsonEvidence Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, JsonEvidence value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach ((string name, object? field) in Of(value.Evidence))
            {
                writer.WritePropertyName(name);
                Write(writer, field);
            }

            writer.WriteEndObject();
        }

        private static void Write(Utf8JsonWriter writer, object? value)
        {
            switch (value)
            {
                case null:
                    writer.WriteNullValue();
                    break;
                case string text:
                    writer.WriteStringValue(text);
                    break;
                case bool flag:
                    writer.WriteBooleanValue(flag);
                    break;
                case double number:
                    writer.WriteNumberValue(number);
                    break;
                case IReadOnlyList<NamedDrops> list:
                    writer.WriteStartArray();
                    foreach (NamedDrops named in list)
                    {
                        writer.WriteStartObject();
                        writer.WriteString("name", Prose.Plain(named.Name ?? ""));
                        writer.WriteNumber("drops", named.Drops);
                        writer.WriteEndObject();
                    }

                    writer.WriteEndArray();
                    break;
                default:
                    writer.WriteNumberValue(Convert.ToInt64(value));
                    break;
            }
        }
    }
}
