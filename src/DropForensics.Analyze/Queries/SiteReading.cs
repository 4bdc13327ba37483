using DropForensics.Core.Model;

namespace DropForensics.Analyze.Queries;

/// <summary>What attribution makes of a site today, beside what the capture stored.</summary>
internal sealed record SiteReading(
    SiteRow Row, int FirstFrame, string? Function, string? Module, string? FunctionRule, string? Entry, string? Driver, string? DriverRule)
{
    /// <summary>Whether today's reading names another function or driver than the stored one.</summary>
    public bool IsOther => Function != Row.Function || Driver != Row.Driver;

    /// <summary>Reads a site again from its stack and location.</summary>
    public static SiteReading Of(SiteRow row, CallStack? stack) =>
        new(row, 0, row.Function, row.Module, row.FunctionRule, row.Entry, row.Driver, row.DriverRule);
}
