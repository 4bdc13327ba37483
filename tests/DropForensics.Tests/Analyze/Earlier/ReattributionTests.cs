using System.Text.Json;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Replay;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Core.Upgrade;
using DropForensics.Tests.Analyze.Export;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Earlier;

/// <summary>A capture whose attribution is not today's: whoever reads it gets today's, and all get the same.</summary>
public sealed class ReattributionTests : IDisposable
{
    private static readonly string Packets = Repository.At("fixtures", "captures", "packets.db");

    private readonly ScratchDirectory _scratch = new();

    private string Stale => _scratch.File("stale.db");

    private string Output => _scratch.File("out.db");

    public ReattributionTests()
    {
        // As a version that knew less might have stored it, but for what the host's counters told, which no stack tells again.
        File.Copy(Packets, Stale);
        MadeCapture.Change(Stale, """
            UPDATE site SET function = 'old_guess', module = 'old', function_rule = 'location', entry = 'old_entry',
                   driver = CASE driver_rule WHEN 'backlog' THEN driver ELSE 'vmxnet3' END, driver_rule = coalesce(driver_rule, 'symbol')
             WHERE id % 2 = 1;
            UPDATE stack SET first_frame = 0
            """);
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Report_exports_and_views_all_say_what_this_version_finds_and_the_file_stays_as_it_was()
    {
        byte[] before = File.ReadAllBytes(Stale);
        CaptureFacts now = MadeCapture.Read(Stale).Facts, expected = MadeCapture.Read(Packets).Facts;

        Assert.True(now.SitesReadOtherwise > 0);
        Assert.Equal(0, expected.SitesReadOtherwise);
        Assert.Equal(Json(expected.Sites), Json(now.Sites));
        Assert.Equal(Json(expected.Drivers), Json(now.Drivers));
        Assert.Equal(Json(expected.Stacks), Json(now.Stacks));
        foreach (ExportFormat format in (ExportFormat[])[ExportFormat.Csv, ExportFormat.Json, ExportFormat.Folded])
            Assert.Equal(Exported.Text(Packets, format, stacks: format == ExportFormat.Json), Exported.Text(Stale, format, stacks: format == ExportFormat.Json));
        using (CaptureReader view = CaptureUpgrade.Open(Stale, CancellationToken.None)) Assert.Equal(Views(Packets), Views(view));

        string page = await HtmlReport.RenderAsync(MadeCapture.Read(Stale));
        Assert.Contains("finds a different function or driver than the file has stored", page);
        Assert.Contains("analyze reattribute", page);
        Assert.DoesNotContain("old_guess", page);
        Assert.Equal(before, File.ReadAllBytes(Stale));
        Assert.Equal(["stale.db"], _scratch.Names);
    }

    [Fact]
    public void A_copy_that_lasts_agrees_with_SQL_and_with_verify()
    {
        Assert.Equal(ExitCode.Incomplete, VerifyJob.Run(Stale, json: true, TextWriter.Null, CancellationToken.None));
        using var said = new StringWriter();
        Assert.Equal(ExitCode.Done, ReattributeJob.Run(Stale, Output, said, CancellationToken.None));
        Assert.Contains("another function or driver for", said.ToString());

        Assert.Equal(["out.db", "stale.db"], _scratch.Names.Order());
        Assert.Equal(ExitCode.Done, VerifyJob.Run(Output, json: true, TextWriter.Null, CancellationToken.None));
        using CaptureReader copy = CaptureReader.Open(Output);
        Assert.Equal(Views(Packets), Views(copy));
        Assert.Equal(0, MadeCapture.Read(Output).Facts.SitesReadOtherwise);
    }

    [Theory]
    [InlineData("schema-1.db", 1)]
    [InlineData("schema-3.db", 3)]
    public void A_copy_of_an_earlier_schema_has_todays(string name, int schema)
    {
        using var said = new StringWriter();
        string path = Repository.At("fixtures", "captures", name);
        Assert.Equal(ExitCode.Done, ReattributeJob.Run(path, Output, said, CancellationToken.None, json: true));
        JsonElement result = JsonDocument.Parse(said.ToString()).RootElement;
        Assert.Equal((schema, JsonValueKind.Null), (result.GetProperty("earlier_schema").GetInt32(), result.GetProperty("sites").ValueKind));
        Assert.Equal(CaptureFile.Version, Db.Scalar<long>(Output, "PRAGMA user_version"));
        Assert.Equal(ExitCode.Done, VerifyJob.Run(Output, json: true, TextWriter.Null, CancellationToken.None));
        using CaptureReader upgraded = CaptureUpgrade.Open(path, CancellationToken.None);
        Assert.Equal(Views(upgraded), Views(Output));
    }

    [Fact]
    public void Pages_may_be_of_any_size()
    {
        File.Copy(Repository.At("fixtures", "captures", "scenarios", "mtu.db"), Stale, overwrite: true);
        Assert.NotEqual(4096, Db.Scalar<long>(Stale, "PRAGMA page_size"));
        MadeCapture.Change(Stale, "UPDATE site SET function = 'old_guess'");
        ReattributeJob.Run(Stale, Output, TextWriter.Null, CancellationToken.None);
        Assert.Equal(ExitCode.Done, VerifyJob.Run(Output, json: true, TextWriter.Null, CancellationToken.None));
    }

    [Fact]
    public void No_file_is_replaced_unasked_and_none_is_left_half_done()
    {
        File.WriteAllText(Output, "somebody's");
        Assert.Contains("out.db", Assert.Throws<UserError>(() => ReattributeJob.Run(Stale, Output, TextWriter.Null, CancellationToken.None)).Message);
        Assert.Equal("somebody's", File.ReadAllText(Output));
        Assert.Contains("is the capture itself", Assert.Throws<UserError>(() => ReattributeJob.Run(Stale, Stale, TextWriter.Null, CancellationToken.None, force: true)).Message);
        Assert.Throws<UserError>(() => ReattributeJob.Run(Stale, _scratch.File("nowhere/out.db"), TextWriter.Null, CancellationToken.None));

        ReattributeJob.Run(Stale, Output, TextWriter.Null, CancellationToken.None, force: true);
        Assert.Equal(ExitCode.Done, VerifyJob.Run(Output, json: true, TextWriter.Null, CancellationToken.None));
        Assert.Equal(["out.db", "stale.db"], _scratch.Names.Order());
    }

    private static string Views(string path)
    {
        using CaptureReader capture = CaptureReader.Open(path);
        return Views(capture);
    }

    private static string Views(CaptureReader capture) => string.Join('\n', ((string[])["SELECT * FROM drops ORDER BY id", "SELECT * FROM frames ORDER BY stack_id, depth"])
        .SelectMany(sql => Rows.Of(capture, sql)).Select(row => string.Join('|', row)));

    private static string Json<T>(T value) => JsonSerializer.Serialize(value);
}
