// SPDX-License-Identifier: GPL-3.0-or-later
// Text and picture in one query: whether they are joined, and how much each of them counts.
#pragma once

#include <QTimer>
#include <QWidget>

class QCheckBox;
class QLabel;
class QSlider;

namespace switchyard::ui {

/// Thread: GUI thread.
class JoinRow : public QWidget {
    Q_OBJECT
public:
    explicit JoinRow(QWidget* parent = nullptr);
    /// The picture that would be joined.
    void setPicture(const QString& name);
    bool joined() const;
    int imagePercent() const;
    /// Without a signal.
    void set(bool joined, int image_percent);

Q_SIGNALS:
    void changed();  ///< by the person; while the slider moves, when it has rested for a moment

private:
    void updateParts();

    QCheckBox* with_;
    QSlider* share_;
    QLabel* value_;
    QTimer rested_;
};

}  // namespace switchyard::ui
