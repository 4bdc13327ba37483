namespace DropForensics.Core;

/// <summary>An anticipated error that the user can fix: what failed and why, then the remedy. Not for internal errors.</summary>
/// <param name="message">What is wrong with what: <c>cannot create /x/y.db: no such directory</c>; no full stop.</param>
/// <param name="remedy">What to do about it, as a sentence.</param>
/// <param name="exitCode">How the process ends when nobody handles it.</param>
public sealed class UserError(string message, string remedy, ExitCode exitCode = ExitCode.Unable) : Exception(message)
{
    /// <summary>How the user can fix it, as a sentence.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>Exit code of the process if nothing handles the error.</summary>
    public ExitCode ExitCode { get; } = exitCode;
}
