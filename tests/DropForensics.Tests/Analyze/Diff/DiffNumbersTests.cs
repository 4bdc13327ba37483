using System.Text.Json;
using DropForensics.Analyze.Diff;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Diff;

/// <summary>Every number of a comparison of real captures can be had by a query over the views of the two.</summary>
public sealed class DiffNumbersTests
{
    private const string Service =
        "case ip_protocol when 6 then 'TCP' when 17 then 'UDP' end || ' to port ' || dport";

    public static TheoryData<string, string> Pairs => new()
    {
        { "packets", "drivers" },
        { "drivers", "packets" },
        { "example", "packets" },
        { "scenarios/udp-closed-port", "scenarios/mixed-buffer-and-port" },
        { "scenarios/burst", "scenarios/nft-input-drop" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Drops_rates_ratios_and_changes_are_those_of_the_views(string a, string b)
    {
        (string fileA, string fileB) = (File(a), File(b));
        Comparison both = Comparison.Of(fileA, fileB);
        (double secondsA, double secondsB) = (Seconds(fileA), Seconds(fileB));
        Check(both.Total, Db.Scalar<long>(fileA, "select count(*) from drops"), Db.Scalar<long>(fileB, "select count(*) from drops"), secondsA, secondsB);
        CheckTable(both, "reasons", r => Name(r), "select reason, count(*) from drops group by 1", fileA, fileB, isExact: Version(fileA) == Version(fileB));
        CheckTable(both, "sites", r => $"{Name(r)}|{r.GetProperty("reason").GetString()}",
            "select ifnull(function, 'unknown') || '|' || reason, count(*) from drops group by 1", fileA, fileB);
        CheckTable(both, "interfaces", r => Name(r), "select ifnull(interface, 'unknown'), count(*) from drops group by 1", fileA, fileB);
        CheckTable(both, "drivers", r => Name(r), "select driver, count(*) from drops where driver is not null group by 1", fileA, fileB, some: true, isExact: false);
        CheckTable(both, "services", r => Name(r), $"select {Service}, count(*) from drops where ip_protocol in (6, 17) and dport is not null and tunnel is null group by 1", fileA, fileB, some: true);
        CheckTable(both, "flows", r => Name(r),
            $"select src || ' → ' || dst || ', ' || {Service}, count(*) from drops where ip_protocol in (6, 17) and dport is not null and tunnel is null group by 1", fileA, fileB, some: true);

        void CheckTable(Comparison of, string id, Func<JsonElement, string> key, string sql, string inA, string inB, bool some = false, bool isExact = true)
        {
            Dictionary<string, long> countsA = Counts(inA, sql), countsB = Counts(inB, sql);
            List<JsonElement> rows = [.. of.Rows(id).Where(r => !some || countsA.ContainsKey(key(r)) || countsB.ContainsKey(key(r)))];
            Assert.Equal(countsA.Keys.Union(countsB.Keys).Order(StringComparer.Ordinal), rows.Select(key).Order(StringComparer.Ordinal));
            foreach (JsonElement row in rows) Check(row, countsA.GetValueOrDefault(key(row)), countsB.GetValueOrDefault(key(row)), secondsA, secondsB, isExact);
        }
    }

    // All these captures are complete, so that every rate is one number; but drops of no known driver may be of any, and those without a reason of any that another version gives.
    private static void Check(JsonElement row, long a, long b, double secondsA, double secondsB, bool isExact = true)
    {
        Assert.Equal((a, b), (Drops(row, "a"), Drops(row, "b")));
        bool isUnknown = row.GetProperty("change").GetString() == "not_compared";
        double? Known(long drops, double seconds) => isUnknown && drops == 0 ? null : Math.Round(drops / seconds, 9);
        double? Number(JsonElement rate) => rate.ValueKind == JsonValueKind.Null ? null : Math.Round(rate.GetDouble(), 9);
        foreach (string end in (string[])["per_second_least", .. isExact ? new[] { "per_second_most" } : []])
        {
            Assert.Equal(Known(a, secondsA), Number(row.GetProperty("a").GetProperty(end)));
            Assert.Equal(Known(b, secondsB), Number(row.GetProperty("b").GetProperty(end)));
        }

        if (isUnknown || row.GetProperty("p").ValueKind == JsonValueKind.Null) return;
        double p = row.GetProperty("p").GetDouble(), ofDrops = PoissonTest.P(a, secondsA, b, secondsB);
        Assert.True(p >= ofDrops); // as many events as drops where these are independent, and else fewer
        Assert.Equal(p >= 0.001 && ofDrops < 0.001, row.GetProperty("in_bursts").GetBoolean());
        string expected = p >= 0.001 ? "same" : a == 0 ? "new" : b == 0 ? "gone" : b / secondsB > a / secondsA ? "more" : "less";
        Assert.Equal(expected, row.GetProperty("change").GetString());
        if (a > 0) Assert.Equal(b / secondsB / (a / secondsA), row.GetProperty("ratio").GetDouble(), 9);
    }

    private static Dictionary<string, long> Counts(string file, string sql) =>
        Db.Texts(file, sql).ToDictionary(r => r[0] ?? "not given", r => long.Parse(r[1]!)); // a count has a text

    private static string Version(string file) => string.Join('.', Db.Scalar<string>(file, "select kernel_release from capture").Split('.').Take(2));

    private static double Seconds(string file) => Db.Scalar<double>(file, "select (closed_ns - opened_ns) / 1e9 from capture");

    private static long Drops(JsonElement row, string side) => row.GetProperty(side).GetProperty("drops").GetInt64();

    private static string Name(JsonElement row) => row.GetProperty("name").GetString() ?? "";

    private static string File(string name) => Repository.At("fixtures", "captures", name + ".db");
}
