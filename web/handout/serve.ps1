# Serves this folder on this machine where there is no Python: start-windows.bat falls back to it.
$types = @{ ".html" = "text/html; charset=utf-8"; ".js" = "text/javascript"; ".mjs" = "text/javascript"; ".css" = "text/css"
  ".json" = "application/json"; ".wasm" = "application/wasm"; ".woff2" = "font/woff2"; ".svg" = "image/svg+xml"
  ".webmanifest" = "application/manifest+json"; ".png" = "image/png"
  ".txt" = "text/plain; charset=utf-8" }
$root = [System.IO.Path]::GetFullPath($PSScriptRoot) + "\"
$listener = $null
foreach ($port in 8000..8099) {
  try {
    $listener = New-Object System.Net.HttpListener
    $listener.Prefixes.Add("http://localhost:$port/")
    $listener.Start()
    break
  } catch { $listener = $null }
}
if ($null -eq $listener) { Write-Host "No port is free for the page."; exit 1 }
Write-Host "The page is at http://localhost:$port/ until you close this window."
Start-Process "http://localhost:$port/"
while ($true) {
  $context = $listener.GetContext()
  try {
    $name = [System.Uri]::UnescapeDataString($context.Request.Url.AbsolutePath).TrimStart("/")
    if ($name -eq "" -or $name.EndsWith("/")) { $name += "index.html" }
    $path = [System.IO.Path]::GetFullPath((Join-Path $root $name))
    if ($path.StartsWith($root) -and (Test-Path $path -PathType Leaf)) {
      $bytes = [System.IO.File]::ReadAllBytes($path)
      $type = $types[[System.IO.Path]::GetExtension($path)]
      if ($null -eq $type) { $type = "application/octet-stream" }
      $context.Response.ContentType = $type
      $context.Response.Headers.Add("Cache-Control", "no-cache")
      $context.Response.OutputStream.Write($bytes, 0, $bytes.Length)
    } else { $context.Response.StatusCode = 404 }
  } catch { } finally { try { $context.Response.Close() } catch { } }
}
