using System.Runtime.ExceptionServices;
using DropForensics.Core;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Verify;

/// <summary>
/// Reads content that may be damaged or forged: if a reader fails on rows that the capture's own text contradicts, the file is at fault. If
/// nothing contradicts them, the program is at fault, and the exception continues.
/// </summary>
internal static class UntrustedContent
{
    /// <exception cref="UserError">The file is at fault.</exception>
    public static T Read<T>(CaptureReader capture, Func<T> read, CancellationToken stop)
    {
        try
        {
            return read();
        }
        catch (SqliteException error)
        {
            throw capture.Damaged(error);
        }
        catch (Exception error) when (
            error is not (UserError or OperationCanceledException or IOException)
            && (WhyNot(error) is not null || !Agrees(capture, stop)))
        {
            throw new UserError(
                $"{capture.Path} is damaged: {(WhyNot(error) is { } whyNot ? Display.Visible.Text(whyNot) : "its rows do not match its text")}",
                "Copy it again from where it was captured; `analyze verify` names what differs.");
        }
    }

    /// <inheritdoc cref="Read"/>
    public static async Task<T> ReadAsync<T>(CaptureReader capture, Func<Task<T>> read, CancellationToken stop)
    {
        try
        {
            return await read();
        }
        catch (Exception error) when (error is not (UserError or OperationCanceledException or IOException))
        {
            return Read<T>(capture, () => throw Again(error), stop);
        }
    }

    // Dapper wraps what a reader of a column throws.
    private static string? WhyNot(Exception error) => (error as InvalidDataException ?? error.InnerException as InvalidDataException)?.Message;

    // Rethrown unchanged: if the program is at fault, its stack trace shows where.
    private static Exception Again(Exception error)
    {
        ExceptionDispatchInfo.Throw(error);
        return error;
    }

    private static bool Agrees(CaptureReader capture, CancellationToken stop)
    {
        try
        {
            return VerifyJob.Check(capture, stop).Agrees;
        }
        catch (Exception error) when (error is UserError or OutOfMemoryException)
        {
            return false;
        }
    }
}
