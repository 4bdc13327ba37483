using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Facts;

/// <summary>How a driver is known, or why it is not: the rules of attribution in words.</summary>
internal static class DriverMeaning
{
    public static string Of(SiteReading reading) => (reading.Driver, reading.DriverRule) switch
    {
        (not null, "module") => "named by the kernel: the module of the frame that called into the stack",
        (not null, "symbol") => "likely: by the prefix of that frame's name, since the trace names no module",
        (not null, "backlog") => "likely: inferred from the counters of the interfaces that feed the per-CPU backlog",
        (not null, var rule) => rule ?? "stored in the capture",
        (null, _) when reading.Row.StackId is null => "no stack was recorded with these drops",
        _ when reading.Row.DriverCandidates is { } candidates =>
            $"{candidates.Replace(", ", " or ", StringComparison.Ordinal)}: both fed the per-CPU backlog these drops were taken from",
        _ when reading.Entry == "process_backlog" => "they came by the per-CPU backlog, where the stack no longer shows who put them there",
        _ => "the stack shows no driver, as with packets that this host sends itself",
    };
}
