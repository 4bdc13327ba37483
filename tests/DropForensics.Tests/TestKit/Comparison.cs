using System.Text.Json;
using DropForensics.Analyze.Diff;
using DropForensics.Core;

namespace DropForensics.Tests.TestKit;

/// <summary>Two captures compared by the command, and what it printed.</summary>
internal sealed class Comparison
{
    private Comparison(ExitCode code, JsonElement json) => (Code, Json) = (code, json);

    public ExitCode Code { get; }

    public JsonElement Json { get; }

    public string Headline => Json.GetProperty("headline").GetString() ?? "";

    public string Limits => string.Join('\n', Json.GetProperty("limits").EnumerateArray().Select(l => l.GetString()));

    public JsonElement Total => Json.GetProperty("total");

    public JsonElement Increase => Json.GetProperty("increase");

    public static Comparison Of(string a, string b, double? failAbovePercent = null)
    {
        using var output = new StringWriter();
        ExitCode code = Run(a, b, output, json: true, failAbovePercent: failAbovePercent);
        return new Comparison(code, JsonDocument.Parse(output.ToString()).RootElement);
    }

    public static string Text(string a, string b, double? failAbovePercent = null)
    {
        using var output = new StringWriter();
        Run(a, b, output, json: false, failAbovePercent: failAbovePercent);
        return output.ToString();
    }

    public static ExitCode Run(string a, string b, TextWriter output, bool json, string? page = null, double? failAbovePercent = null) =>
        DiffJob.RunAsync(new DiffOptions([a, b], page, json, 10, failAbovePercent), output, plain: true, TextWriter.Null, CancellationToken.None).GetAwaiter().GetResult();

    public JsonElement Table(string id) => Json.GetProperty("tables").EnumerateArray().Single(t => t.GetProperty("id").GetString() == id);

    public string? WhyNot(string id) => Table(id).GetProperty("why_not").GetString();

    public IReadOnlyList<JsonElement> Rows(string id) => [.. Table(id).GetProperty("rows").EnumerateArray()];

    public JsonElement Row(string id, string name) => Rows(id).Single(r => r.GetProperty("name").GetString() == name);

    public static string? Change(JsonElement row) => row.GetProperty("change").GetString();

    public static bool InBursts(JsonElement row) => row.GetProperty("in_bursts").GetBoolean();

    public static string? Rate(JsonElement row, string side) => row.GetProperty(side).GetProperty("rate").GetString();
}
