using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Export;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Export;

/// <summary>The metrics of a finished capture, read by those they are for: an OTLP receiver, and Prometheus.</summary>
public sealed partial class MetricsExportTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    [Fact]
    public void An_OTLP_receiver_understands_each_field_and_counts_as_the_capture_does()
    {
        string file = _directory.File("drops.json"), capture = Repository.At("fixtures", "captures", "example.db");
        Assert.Equal(ExitCode.Done, Run(capture, ExportFormat.Otlp, file));
        using var receiver = new OtlpReceiver();
        var sent = Shell.Run(Requires.Program("curl", "curl"), "--silent", "--fail", "-H", "Content-Type: application/json", "--data-binary", $"@{file}", $"http://127.0.0.1:{receiver.Port}/v1/metrics");
        Assert.True(sent.ExitCode == 0, sent.ToString());
        string received = receiver.Body;

        // OpenTelemetry's own types: what they do not know, or know as another type, does not come back.
        string check = _directory.File("check.js");
        File.WriteAllText(check, $$"""
            const root = require('{{Requires.OtlpTypes()}}');
            const Request = root.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
            const sent = JSON.parse(require('fs').readFileSync(0, 'utf8'));
            const request = Request.fromObject(sent);
            const back = Request.toObject(Request.decode(Request.encode(request).finish()), { longs: String });
            require('assert').deepStrictEqual(JSON.parse(JSON.stringify(back)), sent);
            const names = {};
            for (const metric of sent.resourceMetrics[0].scopeMetrics[0].metrics) {
              const last = {};
              for (const point of metric.sum.dataPoints) last[(point.attributes ?? []).map(a => a.value.stringValue).join(' ')] = point.asInt;
              names[metric.name] = last;
            }
            console.log(JSON.stringify(names));
            """);
        string copy = _directory.File("received.json");
        File.WriteAllText(copy, received);
        var checkedBy = Shell.Run("sh", "-c", $"node {check} <{copy}");
        Assert.True(checkedBy.ExitCode == 0, checkedBy.ToString());

        JsonElement counted = JsonDocument.Parse(checkedBy.Output).RootElement;
        Assert.Equal(
            Db.Rows<string>(capture, "select reason || ' ' || ifnull(subsystem, 'unknown') || ' ' || count(*) from drops group by reason, subsystem order by 1"),
            counted.GetProperty("dropforensics.drops").EnumerateObject().Select(each => $"{each.Name} {each.Value.GetString()}").Order(StringComparer.Ordinal));
        Assert.Equal(
            Db.Rows<string>(capture, "select ifnull(interface, 'unknown') || ' ' || count(*) from drops group by interface order by 1").Order(StringComparer.Ordinal),
            counted.GetProperty("dropforensics.interface_drops").EnumerateObject().Select(each => $"{each.Name} {each.Value.GetString()}").Order(StringComparer.Ordinal));
        JsonElement resource = JsonDocument.Parse(received).RootElement.GetProperty("resourceMetrics")[0].GetProperty("resource").GetProperty("attributes");
        string? host = resource.EnumerateArray().Single(each => each.GetProperty("key").GetString() == "host.name").GetProperty("value").GetProperty("stringValue").GetString();
        Assert.Equal(Db.Rows<string>(capture, "select host_name from capture"), [host!]);
    }

    [Fact]
    public void Prometheus_takes_every_fixture_into_its_database_and_each_series_only_grows()
    {
        int taken = 0;
        foreach (string capture in Directory.GetFiles(Repository.At("fixtures", "captures"), "*.db"))
        {
            string file = _directory.File($"{Path.GetFileNameWithoutExtension(capture)}.om");
            try
            {
                Run(capture, ExportFormat.Prometheus, file);
            }
            catch (UserError error)
            {
                Assert.Matches("does not tell the time of day|counts hits of|schema|version", error.Message);
                continue;
            }

            var finished = Shell.Run(Requires.Promtool(), "tsdb", "create-blocks-from", "openmetrics", file, _directory.File($"tsdb-{taken++}"));
            Assert.True(finished.ExitCode == 0, $"{capture}: {finished}");
            long recorded = 0;
            foreach (IGrouping<string, string> series in File.ReadLines(file).Where(line => line[0] != '#').GroupBy(line => line[..(line.IndexOf('}', StringComparison.Ordinal) + 1)]))
            {
                long[] counts = [.. series.Select(line => long.Parse(line.Split(' ')[^2], CultureInfo.InvariantCulture))];
                Assert.Equal(counts.Order(), counts);
                Assert.Equal(0, counts[0]);
                if (series.Key.StartsWith("dropforensics_recorded_drops_total", StringComparison.Ordinal)) recorded = counts[^1];
            }

            Assert.Equal(Db.Rows<long>(capture, "select count(*) from drops"), [recorded]);
        }

        Assert.InRange(taken, 5, int.MaxValue);
    }

    [Fact]
    public void A_filter_chooses_what_is_counted_and_says_nothing_of_the_whole()
    {
        string file = _directory.File("x.om"), capture = Repository.At("fixtures", "captures", "example.db");
        Assert.Equal(ExitCode.Done, ExportJob.Run(
            new ExportOptions(capture, ExportFormat.Prometheus, file, Force: false, Stacks: false) { Filter = "reason NO_SOCKET" }, () => Stream.Null, isTerminal: false, TextWriter.Null, TestContext.Current.CancellationToken));
        string text = File.ReadAllText(file);
        Assert.Equal(["NO_SOCKET"], ReasonLabel().Matches(text).Select(match => match.Groups[1].Value).Distinct());
        Assert.DoesNotContain("counted_drops", text, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static ExitCode Run(string capture, ExportFormat format, string file) =>
        ExportJob.Run(new ExportOptions(capture, format, file, Force: false, Stacks: false), () => Stream.Null, isTerminal: false, TextWriter.Null, TestContext.Current.CancellationToken);

    [GeneratedRegex("reason=\"([^\"]*)\"")]
    private static partial Regex ReasonLabel();
}
