using System.Globalization;
using System.Text.Json;
using DropForensics.Analyze.Facts;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Export;

/// <summary>
/// The metrics of a finished capture as an OTLP request in JSON (opentelemetry-proto, ExportMetricsServiceRequest), for an OTLP receiver's
/// <c>/v1/metrics</c>. Attributes have the names of OpenTelemetry's semantic conventions where there is one. OpenTelemetry's own SDK gives each point the time at
/// which it is exported, so it cannot tell of a window in the past; hence the document is written here.
/// </summary>
internal static class OtlpExport
{
    private const int FlushBytes = 1 << 15;
    private const int Cumulative = 2;   // AGGREGATION_TEMPORALITY_CUMULATIVE

    private static readonly Dictionary<string, string> Attributes = new()
    {
        ["interface"] = "network.interface.name",
        ["reason"] = "dropforensics.reason",
        ["subsystem"] = "dropforensics.subsystem",
    };

    public static void Write(CaptureMetrics metrics, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartArray("resourceMetrics");
        json.WriteStartObject();
        json.WriteStartObject("resource");
        WriteAttributes(json, Resource(metrics.Info));
        json.WriteEndObject();
        json.WriteStartArray("scopeMetrics");
        json.WriteStartObject();
        json.WriteStartObject("scope");
        json.WriteString("name", "dropforensics");
        json.WriteString("version", ProductVersion.Number);
        json.WriteEndObject();
        json.WriteStartArray("metrics");
        foreach (MetricFamily family in metrics.Families) WriteFamily(json, family, Text(metrics.StartNs));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    private static IEnumerable<(string Name, string Value)> Resource(CaptureInfo info)
    {
        yield return ("service.name", "dropforensics");
        yield return ("service.version", ProductVersion.Number);
        yield return ("service.instance.id", info.Uuid);
        yield return ("os.type", "linux");
        if (info.KnownHost is { } host) yield return ("host.name", host);
        if (info.KernelRelease is { } kernel) yield return ("os.version", kernel);
        if (info.Machine is { } machine) yield return ("host.arch", machine switch { "x86_64" => "amd64", "aarch64" => "arm64", _ => machine });
    }

    private static void WriteFamily(Utf8JsonWriter json, MetricFamily family, string start)
    {
        json.WriteStartObject();
        json.WriteString("name", $"dropforensics.{family.Name}");
        json.WriteString("description", family.Help);
        json.WriteString("unit", family.Name.EndsWith("records", StringComparison.Ordinal) ? "{record}" : "{packet}");
        json.WriteStartObject("sum");
        json.WriteStartArray("dataPoints");
        foreach (MetricSeries series in family.Series)
        {
            foreach ((long time, long count) in series.Times.Zip(series.Counts).Skip(1)) // a point is of a time that has passed
            {
                json.WriteStartObject();
                WriteAttributes(json, series.Labels.All.Select(label => (Attributes[label.Name], label.Value)));
                json.WriteString("startTimeUnixNano", start);
                json.WriteString("timeUnixNano", Text(time));
                json.WriteString("asInt", Text(count));
                json.WriteEndObject();
                if (json.BytesPending > FlushBytes) json.Flush();
            }
        }

        json.WriteEndArray();
        json.WriteNumber("aggregationTemporality", Cumulative);
        json.WriteBoolean("isMonotonic", true);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAttributes(Utf8JsonWriter json, IEnumerable<(string Name, string Value)> all)
    {
        (string Name, string Value)[] attributes = [.. all];
        if (attributes.Length == 0) return;
        json.WriteStartArray("attributes");
        foreach ((string name, string value) in attributes)
        {
            json.WriteStartObject();
            json.WriteString("key", name);
            json.WriteStartObject("value");
            json.WriteString("stringValue", value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // The mapping of protobuf to JSON has 64 bits as text.
    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
