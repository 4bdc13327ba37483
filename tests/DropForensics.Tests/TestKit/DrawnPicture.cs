using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Charts.Pictures;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Report;

namespace DropForensics.Tests.TestKit;

/// <summary>What a report's pictures say.</summary>
internal static class DrawnPicture
{
    /// <summary>The texts of a picture, in the order they were written.</summary>
    public static IReadOnlyList<Mark.Text> Of(ReportModel model, string name)
    {
        using Sheet sheet = ReportPictures.Draw(model, name);
        return [.. sheet.Texts.Select(t => t.Text)];
    }

    /// <summary>The same as lines.</summary>
    public static string Lines(ReportModel model, string name) => string.Join('\n', Of(model, name).Select(t => t.Content));
}
