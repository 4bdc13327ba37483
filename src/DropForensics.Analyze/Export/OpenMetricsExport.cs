using System.Globalization;
using System.Text;

namespace DropForensics.Analyze.Export;

/// <summary>The metrics of a finished capture as OpenMetrics text with times, which <c>promtool tsdb create-blocks-from openmetrics</c> reads.</summary>
internal static class OpenMetricsExport
{
    public static void Write(CaptureMetrics metrics, Stream output)
    {
        using var text = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 14, leaveOpen: true) { NewLine = "\n" };
        string source = $"job=\"dropforensics\",instance=\"{Escaped(metrics.Info.KnownHost ?? metrics.Info.Uuid)}\",capture=\"{Escaped(metrics.Info.Uuid)}\"";
        foreach (MetricFamily family in metrics.Families)
        {
            text.WriteLine($"# TYPE dropforensics_{family.Name} counter");
            text.WriteLine($"# HELP dropforensics_{family.Name} {family.Help}");
            foreach (MetricSeries series in family.Series)
            {
                string labels = string.Concat(series.Labels.All.Select(label => $",{label.Name}=\"{Escaped(label.Value)}\""));
                foreach ((long time, long count) in series.Times.Zip(series.Counts))
                    text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"dropforensics_{family.Name}_total{{{source}{labels}}} {count} {time / 1_000_000_000}.{time / 1_000_000 % 1000:d3}"));
            }
        }

        text.WriteLine("# EOF");
    }

    private static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
