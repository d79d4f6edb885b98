// SPDX-License-Identifier: GPL-3.0-or-later
// The recorded steps of a routing probe: a slider over them, played or moved, and the step that is shown.
#pragma once

#include <QSlider>
#include <QTimer>
#include <vector>

class QLabel;
class QLineEdit;

namespace switchyard::ui {

class IconButton;

/// A slider over the places of a list; a press anywhere moves the handle there. Thread: GUI thread.
class StepSlider : public QSlider {
    Q_OBJECT
public:
    explicit StepSlider(QWidget* parent = nullptr);
    void setMarks(const std::vector<int>& places);
    const std::vector<int>& marks() const { return marks_; }
    double xOf(int place) const;
    int placeAt(double x) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

private:
    std::vector<int> marks_;
};

/// Space on the slider plays and pauses. While it plays, the next step is asked for when the one before it is shown.
/// Thread: GUI thread.
class StepBar : public QWidget {
    Q_OBJECT
public:
    explicit StepBar(QWidget* parent = nullptr);
    /// The step stays, or the nearest; the newest one goes on being the newest.
    void setSteps(const std::vector<std::int64_t>& steps);
    /// Steps at which the run wrote a checkpoint.
    void setSaves(const std::vector<std::int64_t>& steps);
    /// Where there is little width: no words beside the slider.
    void setCompact();
    const std::vector<std::int64_t>& steps() const { return steps_; }
    qint64 step() const;  ///< asked for last, -1 without steps
    /// A frame stands on the page.
    void stepShown(qint64 step);
    bool isPlaying() const { return play_.isActive(); }
    void stop();
    StepSlider* slider() const { return slider_; }
    QLineEdit* field() const { return field_; }
    IconButton* playButton() const { return button_; }

Q_SIGNALS:
    void stepAsked(qint64 step);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    int placeOf(qint64 step) const;
    void togglePlay();
    void playOn();
    void showPlace();
    void placeMarks();

    std::vector<std::int64_t> steps_, saves_;
    QTimer play_;
    bool waiting_ = false;  ///< for a frame, while it plays
    IconButton* button_;
    StepSlider* slider_;
    QLineEdit* field_;
    QLabel* name_;
    QLabel* words_;
};

}  // namespace switchyard::ui
