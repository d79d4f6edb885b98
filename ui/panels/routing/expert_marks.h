// SPDX-License-Identifier: GPL-3.0-or-later
// The small painted parts of an expert's card.
#pragma once

#include <QWidget>

namespace switchyard::ui {

/// The expert's id on its colour.
class ExpertSwatch : public QWidget {
public:
    ExpertSwatch() { setFixedSize(40, 40); }
    void setExpert(int expert, int experts);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int expert_ = 0, experts_ = 1;
};

/// Text and image as two lengths of one bar.
class ShareBar : public QWidget {
public:
    ShareBar() { setFixedHeight(8); }
    void setShare(double text);  ///< NaN = neither

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    double text_ = 0;
};

}  // namespace switchyard::ui
