using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Charts.Pictures;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Report;

/// <summary>The picture files of a report. Nothing else in it needs native drawing code.</summary>
internal static class ReportPictures
{
    private const double Width = 800;

    /// <summary>The names of all.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["summary.png", "timeline.png", "reasons.png", "drivers.png", "heatmap.png", "flamegraph.png"];

    /// <summary>Draws one of them.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    public static Sheet Draw(ReportModel model, string name) => name switch
    {
        "summary.png" => SummaryPicture.Draw(ReportCharts.SummaryOf(model), model.Colours),
        "timeline.png" => Framed(model, Width, 320, (sheet, area) => TimelinePicture.Compose(sheet, area, ReportCharts.TimelineOf(model), model.Colours)),
        "reasons.png" => Bars(model, ReportCharts.ReasonBars(model)),
        "drivers.png" => Bars(model, ReportCharts.DriverBars(model)),
        "heatmap.png" => Heat(model, ReportCharts.HeatOf(model)),
        "flamegraph.png" => Flame(model, ReportCharts.FlameOf(model)),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such picture"),
    };

    private static Sheet Bars(ReportModel model, BarData data) =>
        Framed(model, Width / 2, BarPicture.HeightOf(data), (sheet, area) => BarPicture.Compose(sheet, area, data, model.Colours));

    private static Sheet Heat(ReportModel model, HeatData data) =>
        Framed(model, Width, HeatPicture.HeightOf(data), (sheet, area) => HeatPicture.Compose(sheet, area, data));

    private static Sheet Flame(ReportModel model, FlameData data) => Framed(
        model, Width, FlameChart.HeightOf(data, PictureFrame.Inner(Width)), (sheet, area) => FlameChart.Compose(sheet, area, data, model.Colours));

    private static Sheet Framed(ReportModel model, double width, double height, Action<Sheet, Box> compose) =>
        PictureFrame.Draw(width, height, ReportCharts.SourceOf(model), compose);
}
