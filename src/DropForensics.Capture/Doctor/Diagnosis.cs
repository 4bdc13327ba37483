using DropForensics.Core;

namespace DropForensics.Capture.Doctor;

/// <summary>All that the doctor found.</summary>
/// <param name="Host">Host and kernel.</param>
/// <param name="Checks">The table.</param>
/// <param name="Command">The recommended capture; null if none is possible.</param>
internal sealed record Diagnosis(string Host, IReadOnlyList<Check> Checks, string? Command)
{
    public ExitCode ExitCode => Command is null ? ExitCode.Unable : ExitCode.Done;

    /// <summary>The checks that prevent a capture.</summary>
    public IEnumerable<Check> Obstacles => Checks.Where(check => check is { IsNeeded: true, State: CheckState.No or CheckState.Unknown });
}

/// <summary>One row of the doctor's table.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="State">The result.</param>
/// <param name="Finding">What was found, and what it means for a capture.</param>
/// <param name="Remedy">What to do about it; null for nothing.</param>
internal sealed record Check(string Name, CheckState State, string Finding, string? Remedy = null)
{
    /// <summary>No capture is possible without it.</summary>
    public bool IsNeeded { get; init; }
}

/// <summary>What a check found.</summary>
internal enum CheckState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>A capture works, and shows or keeps less.</summary>
    Limited,

    /// <summary>It is not available.</summary>
    No,

    /// <summary>It could not be checked, because permission is missing.</summary>
    Unknown,
}
