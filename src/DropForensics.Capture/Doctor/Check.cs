namespace DropForensics.Capture.Doctor;

/// <summary>One row of the doctor's table.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="State">What it comes to.</param>
/// <param name="Finding">What is there, and what that means for a capture.</param>
/// <param name="Remedy">What to do about it; null where nothing is to be done.</param>
internal sealed record Check(string Name, CheckState State, string Finding, string? Remedy = null)
{
    /// <summary>No capture is possible without it.</summary>
    public bool IsNeeded { get; init; }
}
