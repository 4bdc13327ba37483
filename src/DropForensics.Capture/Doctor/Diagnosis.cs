using DropForensics.Core;

namespace DropForensics.Capture.Doctor;

/// <summary>All that the doctor found.</summary>
/// <param name="Host">Host and kernel.</param>
/// <param name="Checks">The table.</param>
/// <param name="Command">The capture it recommends; null where none is possible.</param>
internal sealed record Diagnosis(string Host, IReadOnlyList<Check> Checks, string? Command)
{
    public ExitCode ExitCode => Command is null ? ExitCode.Unable : ExitCode.Done;

    /// <summary>What stands in the way.</summary>
    public IEnumerable<Check> Obstacles => Checks.Where(check => check is { IsNeeded: true, State: CheckState.No or CheckState.Unknown });
}
