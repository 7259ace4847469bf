package id.go.kemkes.keluargasehat;

import android.app.Activity;
import android.os.Bundle;
import android.webkit.WebResourceRequest;
import android.webkit.WebSettings;
import android.webkit.WebView;
import android.webkit.WebViewClient;
import android.widget.TextView;
import java.io.File;
import mobile.Mobile;

/** The whole Android app: a WebView on the field app that the SDK serves on loopback. */
public final class MainActivity extends Activity {
  private WebView view;

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    new Thread(this::start).start();
  }

  private void start() {
    try {
      // Private to this app, and left out of the phone's backups (see the manifest).
      String url = Mobile.startApp(new File(getNoBackupFilesDir(), "ks").getPath());
      runOnUiThread(() -> show(url));
    } catch (Exception e) {
      runOnUiThread(() -> tell(e.getMessage()));
    }
  }

  private void show(String url) {
    view = new WebView(this);
    WebSettings settings = view.getSettings();
    settings.setJavaScriptEnabled(true);
    settings.setDomStorageEnabled(true); // the page keeps this launch's key for the tab's life
    settings.setAllowFileAccess(false);
    settings.setAllowContentAccess(false);
    view.setWebViewClient(
        new WebViewClient() {
          @Override
          public boolean shouldOverrideUrlLoading(WebView v, WebResourceRequest request) {
            return !"127.0.0.1".equals(request.getUrl().getHost());
          }
        });
    setContentView(view);
    view.loadUrl(url);
  }

  private void tell(String message) {
    TextView text = new TextView(this);
    text.setText(message);
    setContentView(text);
  }

  @Override
  public void onBackPressed() {
    if (view != null && view.canGoBack()) view.goBack();
    else super.onBackPressed();
  }
}
