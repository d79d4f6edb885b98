// SPDX-License-Identifier: GPL-3.0-or-later
// What a page shows while it reads: what, how far, and a way out. Nothing for the first 200 ms.
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>

class QLabel;

namespace switchyard::ui {

class ProgressBarThin;

/// Thread: GUI thread.
class LoadingState : public QWidget {
    Q_OBJECT
public:
    explicit LoadingState(const QString& title, QWidget* parent = nullptr);
    /// Begins anew: time and progress.
    void start();
    /// `total` <= 0 = unknown. `words` says what was counted, e.g. "7,200 of 12,400 steps".
    void setProgress(double done, double total, const QString& words);

Q_SIGNALS:
    void cancelled();

protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void tick();

    QWidget* box_;
    QLabel* spinner_;
    ProgressBarThin* bar_;
    QLabel* count_;
    QLabel* left_;
    QTimer timer_;
    QElapsedTimer begun_;
    int angle_ = 0;
};

}  // namespace switchyard::ui
